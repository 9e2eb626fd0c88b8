import { readFile } from "node:fs/promises";
import path from "node:path";
import { Type, type Static } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { parse } from "yaml";
import { PawlError } from "../../platform/errors.js";
import { isObject } from "../../platform/json.js";
import { utf8Text } from "../../platform/text/utf8.js";
import { stagesToRun } from "../../schemas/matrix.js";
import type { Plan, PlannedStage } from "../../schemas/plan.js";
import type { StageState } from "../../schemas/run.js";

/** The file in a project directory with the cost of an hour of work. */
export const ratesFile = "rates.yaml";

const rate = Type.Number({ minimum: 0, maximum: 1e9 });
const form = Type.Object(
  {
    currency: Type.String({ minLength: 1, maxLength: 10 }),
    perHour: Type.Object({ cpu: rate, gpu: Type.Optional(rate) }, { additionalProperties: false }),
  },
  { additionalProperties: false },
);

/** What an hour of a worker process costs: of one without GPU, and of one with one GPU. */
export type Rates = Static<typeof form>;

/**
 * The rates of a project; undefined if it has none.
 * @throws PawlError YAML_SYNTAX, WRONG_TYPE with the place
 */
export async function readRates(project: string): Promise<Rates | undefined> {
  const file = path.join(project, ratesFile);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const value = parsed(utf8Text(bytes, ratesFile, "YAML_SYNTAX"));
  const problem = Value.Errors(form, value).First();
  if (problem === undefined) return value as Rates;
  throw new PawlError("WRONG_TYPE", `${ratesFile} is not a table of rates`, {
    where: `${ratesFile}${problem.path.replaceAll("/", ".")}`,
    expected: "currency, a text, and perHour with cpu and perhaps gpu, numbers from 0",
    got: JSON.stringify(problem.value ?? null).slice(0, 100),
    next: "write it like this: { currency: EUR, perHour: { cpu: 0.05, gpu: 1.2 } }",
  });
}

function parsed(text: string): unknown {
  try {
    const value: unknown = parse(text);
    return isObject(value) ? value : { value };
  } catch (error) {
    throw new PawlError("YAML_SYNTAX", `${ratesFile} is not YAML: ${(error as Error).message.split("\n")[0]}`, {
      where: ratesFile,
    });
  }
}

/**
 * What work on a stage costs, in the currency of the rates; undefined if they have none for its
 * kind of worker.
 */
export function workCost(
  { perHour }: Rates,
  stage: Pick<PlannedStage, "resources"> | undefined,
  ms: number,
): number | undefined {
  const { gpu } = stage?.resources ?? { gpu: 0 };
  const each = gpu > 0 ? perHour.gpu : perHour.cpu;
  return each === undefined ? undefined : (each * Math.max(1, gpu) * ms) / 3_600_000;
}

/** Formats an amount in the rates' currency. */
export interface Cost {
  amount: number;
  currency: string;
}

/**
 * What the work on a run's stages has cost so far.
 * @returns undefined if nothing was worked on, or if the rates have none for a kind of worker
 */
export function costOfRun(rates: Rates, stages: readonly StageState[], plan: Plan | undefined): Cost | undefined {
  const worked = stages.filter(({ workedMs = 0 }) => workedMs > 0);
  if (worked.length === 0) return undefined;
  const planned = new Map(stagesToRun(plan?.stages ?? [], stages).map((stage) => [stage.id, stage]));
  const costs = worked.map(({ id, workedMs }) => workCost(rates, planned.get(id), workedMs!));
  const amount = costs.reduce<number>((sum, cost) => sum + (cost ?? NaN), 0);
  return Number.isNaN(amount) ? undefined : { amount, currency: rates.currency };
}
