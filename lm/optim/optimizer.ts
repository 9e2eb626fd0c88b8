import * as tf from "@tensorflow/tfjs-core";
import type { Scalar } from "@tensorflow/tfjs-core";
import { zeros } from "../../tensor/host-tensor.js";
import type { HostTensors, InputSpec, Tensors } from "../../tensor/program.js";
import { adamwScalars, adamwUpdate, type AdamWScalars } from "./adamw.js";
import type { Parameter } from "../model/architecture.js";
import { clipByGlobalNorm } from "./clip.js";
import { muonUpdate } from "./muon.js";

export interface OptimizerSettings {
  /** muon: Muon for the hidden matrices, AdamW for embeddings, head and gains. */
  kind: "adamw" | "muon";
  weightDecay: number;
  beta1: number;
  beta2: number;
  gradientClip: number;
}

/**
 * State variables that the optimizer keeps for a parameter: averages that start at zero, of the
 * parameter's shape.
 */
export function optimizerStateNames(settings: OptimizerSettings, parameter: Parameter): string[] {
  if (usesMuon(settings, parameter)) return [`muon.average/${parameter.name}`];
  return [`adamw.first/${parameter.name}`, `adamw.second/${parameter.name}`];
}

/** The optimizer states of all parameters, at their beginning. */
export function zeroOptimizerState(settings: OptimizerSettings, list: readonly Parameter[]): HostTensors {
  const entries = list.flatMap((parameter) =>
    optimizerStateNames(settings, parameter).map((name) => [name, zeros(parameter.shape)] as const),
  );
  return Object.fromEntries(entries);
}

function usesMuon(settings: OptimizerSettings, parameter: Parameter): boolean {
  return settings.kind === "muon" && (parameter.role === "matrix" || parameter.role === "residual");
}

const scalarNames = ["learningRate", "stepSize", "secondScale", "keep"] as const;
type Scalars = Record<(typeof scalarNames)[number], Scalar> & AdamWScalars;
const scalar: InputSpec = { dtype: "float32", shape: [] };
/** The inputs that an optimizer step takes in addition to the gradients. */
export const scalarSpecs = Object.fromEntries(scalarNames.map((name) => [name, scalar])) as Record<
  (typeof scalarNames)[number],
  InputSpec
>;

/** These inputs for optimizer step `step` (0-based). */
export function scalarInputs(settings: OptimizerSettings, learningRate: number, step: number): HostTensors {
  const values = { learningRate, ...adamwScalars(settings, learningRate, step) };
  const host = scalarNames.map((name) => [
    name,
    { dtype: "float32", shape: [], data: Float32Array.of(values[name]) } as const,
  ]);
  return Object.fromEntries(host) as HostTensors;
}

/**
 * One optimizer step for every parameter from its gradient, clipped by global norm.
 * @param state weights by name and optimizer state by {@link optimizerStateNames}
 * @returns the state variables that change, and the gradients' norm before clipping
 */
export function update(
  settings: OptimizerSettings,
  list: readonly Parameter[],
  state: Tensors,
  gradients: Tensors,
  inputs: Tensors,
): { state: Tensors; norm: Scalar } {
  const scalars = inputs as unknown as Scalars;
  const clipped = clipByGlobalNorm(gradients, settings.gradientClip);
  const next: Tensors = {};
  for (const parameter of list) {
    const { name } = parameter;
    const weight = state[name]!;
    const gradient = clipped.gradients[name]!;
    const names = optimizerStateNames(settings, parameter);
    if (usesMuon(settings, parameter)) {
      const result = muonUpdate(weight, gradient, state[names[0]!]!, scalars);
      next[name] = result.weight;
      next[names[0]!] = result.average;
    } else {
      const moments = { first: state[names[0]!]!, second: state[names[1]!]! };
      const result = adamwUpdate(weight, gradient, moments, scalars, settings, weight.rank === 2);
      next[name] = result.weight;
      next[names[0]!] = result.first;
      next[names[1]!] = result.second;
    }
  }
  return { state: next, norm: clipped.norm };
}

/** The sum of two sets of gradients. */
export function addGradients(a: Tensors, b: Tensors): Tensors {
  return Object.fromEntries(Object.keys(b).map((name) => [name, tf.add(a[name]!, b[name]!)]));
}
