import { readFileSync } from "node:fs";
import { layout } from "../../../store/home.js";
import { evaluateWithSecrets } from "../../../expressions/evaluate.js";
import type { JsonObject } from "../../../platform/json.js";
import { catchFailure, put } from "../../support/datasets.js";
import type { TestContext } from "../../support/stage-context.js";
import { commandContext, readContent, runCommand as runEvaluated } from "./support.js";

let context: TestContext;
const before = { ...process.env };
beforeEach(() => (context = commandContext()));
afterEach(() => {
  process.env = { ...before };
  context.remove();
});

/** Runs a command whose settings are a template, with inputs. */
function runCommand(context: TestContext, template: JsonObject, inputs: JsonObject = {}) {
  const { value, secrets } = evaluateWithSecrets(template, { inputs, stages: {} });
  context.secrets = secrets;
  return runEvaluated(context, value as JsonObject);
}

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
  expect(await readContent(context, outputs["said"], "said")).toBe("Bearer hunter2-hunter2, from a file\n");
  expect(readFileSync(layout.output(context.home, "run", "stage", 1), "utf8")).toBe("got ***\n");
  process.env["PAWL_SECRETS"] = "";
  process.env["PAWL_SECRET_COMMAND"] = 'test "$1" = OTHER && echo "printed $1"';
  const again = await runCommand(context, settings);
  expect(await readContent(context, again.outputs["said"], "said")).toBe("Bearer hunter2-hunter2, printed OTHER\n");
  const failed = await catchFailure(runCommand(context, { ...settings, env: { ...settings.env, CODE: 1 } }));
  expect(failed.facts.got).toBe("got ***");
});

test("an input that looks like a secret is passed on unchanged, also beside the same secret", async () => {
  process.env["PAWL_SECRET_HF"] = "hunter2-hunter2";
  const title = "${{ secrets.HF }}";
  const command = {
    shell: true,
    run: 'printf %s "$TITLE, $BOTH" > "$PAWL_OUTPUTS/said"',
    env: { TITLE: "${{ inputs.title }}", BOTH: "${{ inputs.title }} ${{ secrets.HF }}" },
    outputs: { said: "files" },
  };
  const { outputs } = await runCommand(context, command, { title });
  expect(await readContent(context, outputs["said"], "said")).toBe(`${title}, ${title} hunter2-hunter2`);
});

test("places of secrets that do not fit the settings resolve nothing", async () => {
  process.env["PAWL_SECRETS"] = context.workingDirectory;
  put(context, "OTHER", "from a file");
  const command = { run: ["true"], env: { TITLE: "${{ secrets.OTHER }}", PATH: "${{ secrets.../OTHER }}" } };
  for (const place of [
    { path: ["env", "TITLE"], offset: 1, name: "OTHER" },
    { path: ["env", "TITLE"], offset: 0, name: "HF" },
    { path: ["env", "PATH"], offset: 0, name: "../OTHER" },
  ]) {
    context.secrets = [place];
    expect(await catchFailure(runEvaluated(context, command))).toMatchObject({ code: "INTERNAL" });
  }
});

test("a secret that the worker does not have is named, with the variable that would hold it", async () => {
  process.env["PAWL_SECRET_TOKEN"] = "hunter2-hunter2";
  process.env["PAWL_SECRET_COMMAND"] = "exit 1";
  const failed = await catchFailure(runCommand(context, settings));
  expect(failed).toMatchObject({ code: "SECRET_MISSING", message: "this worker has no secret OTHER" });
  expect(failed.facts).toMatchObject({ where: "with.env.HEADER" });
  expect(failed.facts.next).toContain("set PAWL_SECRET_OTHER for the workers");
});
