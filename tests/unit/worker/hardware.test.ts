import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { readLog } from "../../../store/history/log-reader.js";
import { openCheckpoints } from "../../../store/checkpoints.js";
import { describeProcessor, thisHardware } from "../../../worker/attempts/hardware.js";
import { useDirectory } from "../../support/directory.js";
import { attempt, request, processWith } from "../../support/attempt.js";
import { prepareStage } from "../../support/prepare.js";
const home = useDirectory();

test("a processor is described by the instruction sets that libraries choose kernels by", () => {
  const x64 = "processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu sse4_2 avx fma avx2 xsave\n";
  expect(describeProcessor("x64", x64)).toBe("x64 sse4_2 avx fma avx2");
  expect(describeProcessor("arm64", "Features\t: fp asimd evtstrm sve\n")).toBe("arm64 asimd sve");
  expect(describeProcessor("x64", "")).toBeUndefined();
  expect(thisHardware(false).processor).toContain(process.arch);
});

test("a stage that resumes from a checkpoint of other hardware logs that bits may differ; from one of its own it does not", async () => {
  const asked = request();
  const { key } = await prepareStage({ home: home(), workingDirectory: home() }, { with: asked.with });
  const messages = async (runId: string): Promise<string[]> => {
    const worker = processWith(home(), async (_: never, { checkpoints }) => {
      await checkpoints.latest();
      const train = await putArtifact(home(), "dataset", () => undefined);
      return { outputs: { train, heldOut: train }, metrics: {} };
    });
    await attempt(worker, { ...asked, runId, reuse: false });
    const found: string[] = [];
    for await (const { message } of readLog(home(), runId)) found.push(message);
    return found;
  };
  const saveWith = (processor: string) =>
    openCheckpoints(home(), key!, { keep: 1, hardware: { processor }, onCorrupt: () => {} }).save(4, () => undefined);
  await saveWith(thisHardware(false).processor);
  expect((await messages("same")).some((message) => message.includes("bits may differ"))).toBe(false);
  await saveWith("x64 sse4_2");
  expect(await messages("other")).toContain("bits may differ: the checkpoint of step 4 was made on different hardware");
});
