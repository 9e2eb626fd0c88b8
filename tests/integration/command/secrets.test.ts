import { readFileSync } from "node:fs";
import { layout } from "../../../store/index.js";
import { failureOf, put } from "../../support/datasets.js";
import type { TestContext } from "../../support/stage-context.js";
import { commandContext, contentOf, runCommand } from "./support.js";

let context: TestContext;
const before = { ...process.env };
beforeEach(() => (context = commandContext()));
afterEach(() => {
  process.env = { ...before };
  context.remove();
});

const settings = {
  shell: true,
  run: 'echo "got $TOKEN"; echo "$HEADER" > "$PAWL_OUTPUTS/said"; exit "${CODE:-0}"',
  env: { TOKEN: "${{ secrets.TOKEN }}", HEADER: "Bearer ${{ secrets.TOKEN }}, ${{ secrets.OTHER }}" },
  outputs: { said: "files" },
};

test("a program is given secrets from the environment, a directory and a command, and what it prints hides them", async () => {
  process.env["PAWL_SECRET_TOKEN"] = "hunter2-hunter2";
  process.env["PAWL_SECRETS"] = context.workingDirectory;
  put(context, "OTHER", "from a file\n");
  const { outputs } = await runCommand(context, settings);
  expect(await contentOf(context, outputs["said"], "said")).toBe("Bearer hunter2-hunter2, from a file\n");
  expect(readFileSync(layout.output(context.home, "run", "stage", 1), "utf8")).toBe("got ***\n");
  process.env["PAWL_SECRETS"] = "";
  process.env["PAWL_SECRET_COMMAND"] = 'test "$1" = OTHER && echo "printed $1"';
  const again = await runCommand(context, settings);
  expect(await contentOf(context, again.outputs["said"], "said")).toBe("Bearer hunter2-hunter2, printed OTHER\n");
  const failed = await failureOf(runCommand(context, { ...settings, env: { ...settings.env, CODE: 1 } }));
  expect(failed.facts.got).toBe("got ***");
});

test("a secret that the worker does not have is named, with the variable that would hold it", async () => {
  process.env["PAWL_SECRET_TOKEN"] = "hunter2-hunter2";
  process.env["PAWL_SECRET_COMMAND"] = "exit 1";
  const failed = await failureOf(runCommand(context, settings));
  expect(failed).toMatchObject({ code: "SECRET_MISSING", message: "this worker has no secret OTHER" });
  expect(failed.facts).toMatchObject({ where: "with.env.HEADER" });
  expect(failed.facts.next).toContain("set PAWL_SECRET_OTHER for the workers");
});
