import { createColors } from "picocolors";
import { exitCodes } from "../../../cli/exit-codes.js";
import { main } from "../../../cli/program.js";
import { everyCheckpointText } from "../../../cli/verbs/verify.js";
import type { EveryCheckpointReport } from "../../../verify/every-checkpoint.js";
import { useDirectory } from "../../support/directory.js";
import { recordedTerminal } from "../../support/terminal.js";

const directory = useDirectory();
const colors = createColors(false);
const phases = ["begun", "torn", "written", "sealed", "placed"] as const;
const report: EveryCheckpointReport = {
  equal: true,
  runSeed: 1,
  everySteps: 5,
  points: [
    ...phases.map((phase) => ({ stage: "base", step: 5, phase })),
    ...phases.map((phase) => ({ stage: "base", artifact: "model 1", phase })),
    { stage: "base", phase: "returned" },
  ],
  incomplete: [],
  withoutKills: [],
  digests: { "base.model": "a" },
  differences: [],
  stress: [],
  kept: [],
};

test("the report counts checkpoints, and says where nothing was killed", () => {
  const text = everyCheckpointText({ ...report, withoutKills: ["text", "more"] }, { colors });
  expect(text).toMatch(/^11 kills: at 1 checkpoints \(every 5 steps\) in each of 5 phases \(begun, torn, /);
  expect(text).toContain("no kill at text, more: skipped, or taken from the cache");
  expect(text).toContain("all digests equal: 1 outputs in every run");
  expect(everyCheckpointText(report, { colors })).not.toContain("no kill at");
});

test("a missed phase and a digest that differs are reported", () => {
  const incomplete = [{ stage: "base", step: 5, missing: ["torn"] }];
  const differences = [{ run: 1, output: "base.model", expected: "a", got: "b" }];
  const bad = { ...report, equal: false, incomplete, differences, kept: ["/kept"] };
  const text = everyCheckpointText(bad, { colors });
  expect(text).toContain("stage base, checkpoint of step 5: no kill at torn");
  expect(text).toContain("digests differ");
  expect(text).toContain("inspect /kept");
});

test.each(["no/such/place/proof.json", ""])(
  "a certificate that cannot be written (%j) is refused before any run",
  async (name) => {
    const terminal = recordedTerminal();
    const code = await main(["verify", "resume", "tiny", "--certificate", `${directory()}/${name}`], terminal);
    expect(code).toBe(exitCodes.invalid);
    expect(terminal.written.note).toContain("the certificate cannot be written there");
    expect(terminal.written.note).toContain("INPUT_INVALID");
  },
);
