/**
 * Our side of `bench rl`, its own process with the line protocol of bench/peers/trl_grpo.py: first
 * the run, then `run N`, answered with the seconds and the response tokens of each of N iterations.
 */
import { createInterface } from "node:readline";
import path from "node:path";
import { readModelConfig } from "../../formats/model.js";
import { readSafetensors } from "../../formats/safetensors.js";
import { resolveArchitecture, type Architecture } from "../../lm/model/architecture.js";
import { fromConfig } from "../../lm/model/hugging-face.js";
import type { HostTensors } from "../../tensor/program.js";
import { Grpo } from "../../lm/rl/grpo.js";
import { initialize } from "../../lm/model/initialize.js";
import { emptyExperience } from "../../lm/rl/reinforcement.js";
import type { Rollout } from "../../lm/data/rollout.js";
import { loadBackend } from "../../tensor/backend.js";
import { nativeEnvironment } from "../../tensor/flags.js";
import type { ReinforcementRun } from "./rl-run.js";

async function policyOf({ model, weights }: ReinforcementRun): Promise<[Architecture, HostTensors]> {
  if (weights !== undefined)
    return [fromConfig(await readModelConfig(weights)), await readSafetensors(path.join(weights, "model.safetensors"))];
  const architecture = resolveArchitecture({ ...model, ropeTheta: 10000, tieEmbeddings: true }, model.vocabulary);
  return [architecture, initialize(architecture, 1)];
}

async function algorithmOf(run: ReinforcementRun): Promise<Grpo> {
  const { groups, groupSize, prompt, response, stop, learningRate, prompts } = run;
  const [architecture, weights] = await policyOf(run);
  const settings = {
    architecture,
    iterations: 1e6,
    groups,
    groupSize,
    minibatches: 1,
    epochs: 1,
    promptLength: prompt,
    maxNewTokens: response,
    samplingBatch: run.samplingBatch ?? groups * groupSize,
    temperature: 1,
    epsilon: 0.2,
    epsilonHigh: 0.2,
    beta: 0,
    ratio: "token",
    klIn: "loss",
    lossType: "dapo",
    scaleRewards: "group",
    dynamicSampling: false,
    maskTruncated: false,
    overlongPenalty: undefined,
    optimizer: { kind: "adamw", weightDecay: 0, beta1: 0.9, beta2: 0.999, gradientClip: 1 },
    schedule: { kind: "constant", learningRate, minimumLearningRate: 0, warmupSteps: 0, steps: 1e6 },
    stop: [stop],
    seed: 1,
  } as const;
  const shareOfEven = ({ response }: Rollout): number =>
    response.filter((token) => token % 2 === 0).length / response.length;
  const verify = (_: readonly number[], rollouts: readonly Rollout[]) =>
    Promise.resolve({ rewards: rollouts.map(shareOfEven), failures: {} });
  return new Grpo(settings, weights, prompts, verify);
}

/** One iteration, as the stage's loop runs it; returns the number of response tokens. */
async function iterate(algorithm: Grpo, iteration: number): Promise<number> {
  const between = () => new Promise<void>((resolve) => setImmediate(resolve));
  const experience = emptyExperience();
  while (!(await algorithm.collect(experience, between)));
  await algorithm.prepare(experience, between);
  algorithm.update(iteration, 0, experience);
  algorithm.finish(experience);
  return experience.rollouts.reduce((sum, { response }) => sum + response.length, 0);
}

async function main(): Promise<void> {
  await loadBackend("tensorflow", nativeEnvironment());
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const line = await lines.next();
    return line.done ? undefined : line.value;
  };
  const algorithm = await algorithmOf(JSON.parse((await next())!) as ReinforcementRun);
  let iteration = 0;
  for (let line = await next(); line !== undefined; line = await next()) {
    const seconds: number[] = [];
    const tokens: number[] = [];
    for (let i = Number(line.split(" ")[1]); i > 0; i--) {
      const start = performance.now();
      tokens.push(await iterate(algorithm, iteration++));
      seconds.push((performance.now() - start) / 1000);
    }
    process.stdout.write(`${JSON.stringify({ seconds, tokens })}\n`);
  }
}

await main();
