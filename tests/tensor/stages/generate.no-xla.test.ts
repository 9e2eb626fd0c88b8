import { withLoopHelpers } from "../../../activities/checkpointed-loop.js";
import { openSpeakers } from "../../../cli/chatting/open-speakers.js";
import { readSamples, type Sample } from "../../../formats/samples.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { StageWith } from "../../../schemas/stages/index.js";
import type { TestContext } from "../../support/stage-context.js";
import { makeData, runStage, stageContext, tinyPretraining, whole } from "./support.js";
import { loadTensorFlow } from "../support.js";
/**
 * Without XLA: these programs are small and many, and compiling them would take longer than running
 * them.
 */
beforeAll(loadTensorFlow);

let context: TestContext;
let model: ArtifactRef<"model">;
beforeAll(async () => {
  context = stageContext();
  const { tokens } = await makeData(context);
  model = (await runStage("pretrain", { tokens, ...tinyPretraining, steps: 60 }, context)).outputs.model;
  await context.checkpoints.clear();
});
afterEach(() => context.checkpoints.clear());
afterAll(() => context.remove());

const prompts = ["the pawl", "the", "the wheel holds", "the gear", "the spring holds the"];
type Settings = Partial<StageWith<"generate">>;
const write = (settings: Settings = {}, where: TestContext = context) =>
  runStage("generate", { model, prompts, chat: false, maxNewTokens: 16, batchSize: 2, ...settings }, where);
const samplesOf = async (settings: Settings = {}): Promise<Sample[]> =>
  readSamples(await context.openArtifact((await write(settings)).outputs.samples));

test("a stop sequence ends a text before it, wherever its tokens begin and end; the log reports one that never comes", async () => {
  const free = await samplesOf();
  const sequence = free[0]!.text.slice(3, 9);
  const lines = jest.spyOn(context, "log");
  const stopped = await samplesOf({ stop: ["never said", sequence] });
  stopped.forEach(({ text, reason, stop }, i) => {
    const at = free[i]!.text.indexOf(sequence);
    expect({ text, reason, stop }).toEqual(
      at < 0
        ? { text: free[i]!.text, reason: free[i]!.reason, stop: undefined }
        : { text: free[i]!.text.slice(0, at), reason: "stop", stop: sequence },
    );
  });
  expect(stopped[0]!.reason).toBe("stop");

  const { metrics } = await write({ stop: ["never said"] });
  const cut = free.filter(({ reason }) => reason === "length").length;
  expect(cut).toBeGreaterThan(0);
  expect(metrics["cut"]).toBe(cut);
  expect(lines).toHaveBeenLastCalledWith(`${cut} of 5 texts ended before any of the texts in with.stop came`);
});

test("without chat the prompts stand in the chat template where the model has learned one", async () => {
  const asked = await runStage("dataset", { source: { file: "questions.jsonl" } }, context);
  const training = { data: [whole(asked.outputs.train)], epochs: 1, batchSize: 1 };
  const tuned = (await runStage("sft", { model, ...training }, context)).outputs.model;
  await context.checkpoints.clear();
  const texts = async (settings: Settings) => {
    const { outputs } = await runStage("generate", { prompts, maxNewTokens: 16, ...settings }, context);
    await context.checkpoints.clear();
    return readSamples(await context.openArtifact(outputs.samples));
  };
  for (const [of, learned] of [
    [model, false],
    [tuned, true],
  ] as const) {
    const free = await texts({ model: of });
    expect(free).toEqual(await texts({ model: of, chat: learned }));
    expect(free).not.toEqual(await texts({ model: of, chat: !learned }));
  }
  // `pawl chat` does the same, and says so.
  const models = [
    { stage: "base", model },
    { stage: "tuned", model: tuned },
  ];
  const talking = { maxNewTokens: 4, stop: [], seed: 1, singleTurn: true, temperature: 0, topK: 0, topP: 1 };
  const said = (await openSpeakers(context.home, models, talking)).map(({ about }) => about.includes("continues text"));
  expect(said).toEqual([true, false]);
});

test("the sampling settings reach the samples, which depend on the seed alone", async () => {
  const settings = { temperature: 1.5, minP: 0.02, topK: 50, repetitionPenalty: 1.3 };
  const sampled = await samplesOf(settings);
  expect(await samplesOf({ ...settings, batchSize: 5 })).toEqual(sampled);
  const greedy = await samplesOf();
  expect(sampled).not.toEqual(greedy);
  expect(await samplesOf({ ...settings, minP: 1, repetitionPenalty: 1 })).toEqual(greedy);
  expect(await samplesOf({ repetitionPenalty: 3 })).not.toEqual(greedy);
});

test("stopped and resumed after every eight batches, the samples are the same bytes", async () => {
  const many = { temperature: 1, maxNewTokens: 6, prompts: Array.from({ length: 40 }, (_, i) => prompts[i % 5]!) };
  const whole = (await write(many)).outputs.samples.digest;
  context.checkpointEveryMs = 0;
  const steps: (number | undefined)[] = [];
  for (let attempt = 0; ; attempt++) {
    const stop = new AbortController();
    // Told to stop amid what the attempt writes second.
    const told = withLoopHelpers({ ...context, signal: stop.signal });
    const before = (await context.checkpoints.latest())?.step ?? 0;
    told.progress = ({ done }) => {
      if (done > before + 16) stop.abort(new Error("told to stop"));
    };
    const outcome = await write(many, told).catch((error: Error) => error.message);
    if (typeof outcome !== "string") {
      expect(outcome.outputs.samples.digest).toBe(whole);
      break;
    }
    expect(outcome).toBe("told to stop");
    steps.push((await context.checkpoints.latest())?.step);
  }
  expect(steps).toEqual([16, 32]);
});

test.each([
  [
    "a prompt longer than the context",
    { prompts: ["short", "long ".repeat(60)] },
    "CONTEXT_EXCEEDED",
    "with.prompts[1]",
  ],
])("%s is an error", async (_, settings, code, where) => {
  await expect(write(settings)).rejects.toMatchObject({ code, facts: { where } });
});
