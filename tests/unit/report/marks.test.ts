import { markOfRun, markOfStage } from "../../../report/marks.js";
import { Status } from "../../../report/components/sign.js";
import { shapes } from "../../../report/shapes.js";
import { statusSigns, type StageStatus } from "../../../schemas/run.js";

const statuses = Object.keys(statusSigns) as StageStatus[];

test.each(statuses)("the mark of %s is a drawing and a word: no font needs to have its sign", (status) => {
  const mark = markOfStage({ status });
  const html = (Status({ mark }) as { toString(): string }).toString();
  expect(html).toMatch(/^<span class="status is-\w+"><svg [^>]*aria-hidden="true"><path .*<\/svg> [a-z ]+<\/span>$/);
  expect(html).toContain(`d="${shapes[mark.shape].path}"`);
  expect(html).toContain(`> ${mark.word}</span>`);
});

test("what runs, waits, is parked, has failed or succeeded differs in shape", () => {
  const told = (["running", "waiting", "parked", "failed", "succeeded"] as const).map(markOfRun);
  expect(new Set(told.map(({ shape }) => JSON.stringify(shapes[shape]))).size).toBe(told.length);
});
