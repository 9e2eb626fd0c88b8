import { readEvaluation } from "../../../formats/evaluation.js";
import { DecodingSession } from "../../../lm/decode/decoding-session.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { StageWith } from "../../../schemas/stages/index.js";
import type { TestContext } from "../../support/stage-context.js";
import { makeData, runStage, stageContext, tinyPretraining } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

let context: TestContext;
let model: ArtifactRef<"model">;
let other: ArtifactRef<"model">;
let asked: ArtifactRef<"dataset">;

beforeAll(async () => {
  context = stageContext();
  const { tokens, asked: rows } = await makeData(context);
  asked = rows;
  const pretrain = async (steps: number) => {
    const { outputs } = await runStage("pretrain", { tokens, ...tinyPretraining, steps }, context);
    await context.checkpoints.clear();
    return outputs.model;
  };
  [model, other] = [await pretrain(2), await pretrain(1)];
});
afterAll(() => context.remove());
afterEach(() => {
  context.onProgress = () => {};
  jest.restoreAllMocks();
});

/** The sessions that have read prompts, and those that were disposed. */
function watchSessions(): Record<"read" | "disposed", () => Set<unknown>> {
  const read = jest.spyOn(DecodingSession.prototype, "read");
  const dispose = jest.spyOn(DecodingSession.prototype, "dispose");
  return { read: () => new Set(read.mock.contexts), disposed: () => new Set(dispose.mock.contexts) };
}

const sampling = { temperature: 1, maxNewTokens: 5, batchSize: 4 };
const questioned = () => ({ questions: [asked], samples: 2 });
const compared = () => ({
  against: other,
  judge: { kind: "length" as const, prefer: "more" as const },
  comparisons: [asked],
});
// No longer than the questions in the chat template, which give the capacity.
const prompted = { prompts: ["A", "B"] };

async function measure(settings: Partial<StageWith<"evaluate">>) {
  const { outputs } = await runStage("evaluate", { model, ...sampling, ...settings }, context);
  return readEvaluation(await context.openArtifact(outputs.evaluation));
}

test("opens one session for each model, whatever it is asked, and disposes it", async () => {
  const { read, disposed } = watchSessions();
  await measure({ ...questioned(), ...compared(), ...prompted });
  expect(read().size).toBe(2);
  expect(disposed()).toEqual(read());
});

test("disposes its sessions after an error", async () => {
  const { read, disposed } = watchSessions();
  context.onProgress = ({ phase }) => {
    if (phase === "generate" && read().size === 2) throw new Error("stopped");
  };
  await expect(measure({ ...questioned(), ...compared(), ...prompted })).rejects.toThrow("stopped");
  expect(read().size).toBe(2);
  expect(disposed()).toEqual(read());
});

test("no session is opened where nothing is asked", async () => {
  const { read, disposed } = watchSessions();
  await measure({ text: [asked], questions: [] });
  expect([read().size, disposed().size]).toEqual([0, 0]);
});

test("a part's responses are the same with and without the others", async () => {
  const all = await measure({ ...questioned(), ...compared(), ...prompted });
  const textsOf = (list: readonly { text: string }[] = []) => list.map(({ text }) => text);
  const { questions } = await measure(questioned());
  expect(textsOf(questions?.responses)).toEqual(textsOf(all.questions?.responses));
  const { comparison } = await measure(compared());
  expect(comparison?.responses).toEqual(all.comparison?.responses);
  const { samples } = await measure(prompted);
  expect(textsOf(samples)).toEqual(textsOf(all.samples));
  expect(new Set(textsOf(questions?.responses)).size).toBeGreaterThan(1);
});
