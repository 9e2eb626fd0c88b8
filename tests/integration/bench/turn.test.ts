import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { takeTurn } from "../../../bench/against/turn.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
const built = (): string => path.join(directory(), "built");
const logFile = (): string => path.join(directory(), "turn.log");
const turn = (name: string, options: string[] = [], signal = new AbortController().signal) =>
  takeTurn({ name, options }, built(), logFile(), signal);

/** A side whose bench `fast` and whose tests run the given code. */
function build(code: string): void {
  mkdirSync(path.join(built(), "dist", "bench"), { recursive: true });
  mkdirSync(path.join(built(), "bench", "results"), { recursive: true });
  writeFileSync(path.join(built(), "dist", "bench", "fast.js"), `const fs = require("node:fs");\n${code}`);
  writeFileSync(path.join(built(), "package.json"), '{ "scripts": { "test": "node dist/bench/fast.js" } }');
  writeFileSync(path.join(built(), "bench", "results", "fast.json"), '{ "rows": [] }');
}

const writeResult = 'fs.writeFileSync("bench/results/fast.json", JSON.stringify({ rows: [row] }));';
const row = (ours: string): string => `const row = { what: "a", unit: "s", better: "lower", ours: ${ours} };`;

it("runs a bench with its options in a copy, where nothing of an earlier turn is left", async () => {
  const files = '["left", process.env.PAWL_HOME + "/left", process.env.TMPDIR + "/left"]';
  const found = `${files}.filter((file) => fs.existsSync(file)).length`;
  build(
    `${row(`${found} + Number(process.argv[2])`)} ${writeResult} ${files}.map((file) => fs.writeFileSync(file, ""));`,
  );
  for (const _ of [1, 2]) expect((await turn("fast", ["7"])).metrics[0]).toMatchObject({ what: "a", value: 7 });
  expect(existsSync(`${built()}.turn`)).toBe(false);
});

it("takes a bench that ended non-zero because a row does not hold, and tests of which some failed", async () => {
  build(`${row("3")} ${writeResult} console.log("2 passed, 1 failed, 0 skipped"); process.exitCode = 1;`);
  const { metrics, seconds } = await turn("fast");
  expect(metrics).toContainEqual({ what: "a", unit: "s", better: "lower", value: 3 });
  expect(metrics).toContainEqual({ what: "whole command: wall time", unit: "s", better: "lower", value: seconds });
  expect((await turn("test")).metrics).toContainEqual({
    what: "tests failed",
    unit: "tests",
    better: "lower",
    value: 1,
  });
});

it("refuses a turn that wrote no result, also where the checkout holds an old one", async () => {
  build('console.log("out of luck"); process.exit(3);');
  const refused = {
    code: "INTERNAL",
    facts: expect.objectContaining({ where: logFile(), got: "exit code 3" }) as object,
  };
  await expect(turn("fast")).rejects.toMatchObject({
    ...refused,
    message: "fast ended without its metrics\nout of luck",
  });
  await expect(turn("test")).rejects.toMatchObject(refused);
});

it("leaves no process behind, also none that detached itself, when it is interrupted", async () => {
  const file = path.join(directory(), "pid");
  const child = 'require("node:child_process").spawn("sleep", ["600"], { detached: true, stdio: "ignore" })';
  build(`fs.writeFileSync("${file}.part", String(${child}.pid)); fs.renameSync("${file}.part", "${file}");`);
  const interrupted = new AbortController();
  const running = turn("fast", [], interrupted.signal);
  const settled = expect(running).rejects.toThrow("interrupted");
  while (!existsSync(file)) await new Promise(setImmediate);
  interrupted.abort(new Error("interrupted"));
  await settled;
  const pid = readFileSync(file, "utf8");
  while (existsSync(`/proc/${pid}`)) await new Promise(setImmediate);
});
