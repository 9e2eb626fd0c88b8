import { line, modelCard } from "../../../report/model-card.js";
import { findKnownRun } from "../../../report/run/known-run.js";
import { readRunModel } from "../../../report/run/model.js";
import { useDirectory } from "../../support/directory.js";
import { makeReportedRun } from "../../support/reported-run.js";

const home = useDirectory();

async function card(): Promise<string> {
  await makeReportedRun(home());
  const model = await readRunModel(home(), (await findKnownRun(home(), "poems-1"))!, { buckets: 10, maxPrompts: 5 });
  return modelCard(model, model.model!, { nowMs: Date.parse("2026-01-02T03:05:00.000Z"), version: "0.1.0" });
}

test("the card has the sections of Hugging Face's template, in their order", async () => {
  const headings = (await card()).split("\n").filter((one) => one.startsWith("## "));
  expect(headings).toEqual([
    "## Model Details",
    "## Uses",
    "## Bias, Risks, and Limitations",
    "## How to Get Started with the Model",
    "## Training Details",
    "## Evaluation",
    "## Technical Specifications",
  ]);
});

test("the card has data with licenses, evaluation with intervals, limits, and how to run again", async () => {
  const text = await card();
  expect(text).toContain("| poems of &lt;i\\>nobody&lt;/i\\> | MIT | 2 | 2 |");
  expect(text).toContain("| `judged` | accuracy | 75.0 % (65.0–85.0) |");
  expect(text).toContain("- judged: one source is not recorded");
  expect(text).toContain("pawl run poems.yaml --input rate=0.01 --seed 0");
  expect(text).toContain("- **Parameters:** 1,234");
  expect(text).toContain("- hidden_size: 16");
});

test("a model's text cannot leave its cell, and is no markup", async () => {
  expect(line("a | b\n<script>*x*</script> `c`")).toBe("a \\| b &lt;script\\>\\*x\\*&lt;/script\\> \\`c\\`");
  expect(await card()).not.toContain("<script");
});
