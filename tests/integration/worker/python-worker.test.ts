import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../../platform/program/locations.js";
import { useDirectory } from "../../support/directory.js";
import { python, testWithPython } from "../../support/python.js";

const directory = useDirectory();
const home = (): string => path.join(directory(), "home");
const attempt = (): string => path.join(home(), "runs", "run", "exchange", "stage", "key.1");
const output = (): string => path.join(home(), "runs", "run", "output", "stage-1.log");
/** Somebody's files, which no task may touch. */
const other = (): string => path.join(directory(), "other");

beforeEach(() => {
  for (const inner of ["outputs", "checkpoints", "inputs", "resume"])
    mkdirSync(path.join(attempt(), inner), { recursive: true });
  mkdirSync(path.dirname(output()));
  for (const inner of ["unfinished", "1", "2"]) mkdirSync(path.join(other(), inner), { recursive: true });
  for (const file of [
    path.join(attempt(), "events"),
    output(),
    path.join(other(), "file"),
    path.join(other(), "1", "kept"),
  ])
    writeFileSync(file, "");
  symlinkSync(other(), path.join(attempt(), "inputs", "text"));
});

interface Request {
  outputs?: string;
  events?: string;
  output?: string;
  inputs?: Record<string, string>;
  checkpoints?: { directory: string; everySeconds: number; keep: number };
  resume?: { step: number; directory: string };
}

/** A task as Pawl sends it. */
const task = (): Required<Request> => ({
  inputs: { text: path.join(attempt(), "inputs", "text") },
  outputs: path.join(attempt(), "outputs"),
  events: path.join(attempt(), "events"),
  output: output(),
  checkpoints: { directory: path.join(attempt(), "checkpoints"), everySeconds: 1, keep: 1 },
  resume: { step: 1, directory: path.join(attempt(), "resume") },
});

/** Does everything that a task can do; without the package `temporalio`, whose part this is not. */
const script = `
import json, sys
from types import ModuleType
from unittest.mock import MagicMock

for name in ["activity", "client", "envconfig", "exceptions", "worker"]:
    sys.modules["temporalio." + name] = MagicMock()
sys.modules["temporalio"] = ModuleType("temporalio")
sys.modules["temporalio"].activity = sys.modules["temporalio.activity"]
from pawl_worker import Refused, Task

about = {"contract": 1, "run": "run", "stage": "stage", "attempt": 1, "key": "key", "seed": 1, "settings": {}}
try:
    task = Task({**about, **json.loads(sys.argv[1])})
    task.print("printed")
    task.log("logged")
    for step in [3, 4]:
        with task.checkpoint(step) as unfinished:
            (unfinished / "total").write_text("1")
    task.output(sys.argv[2]).write_text("written")
    print(sorted(task.inputs))
except Refused as error:
    print("refused:", error)
`;

/** What the worker prints. */
function work(changes: Request = {}, { name = "total", at = home() } = {}): string {
  const env = { ...process.env, PYTHONPATH: path.join(packageRoot(), "python"), PAWL_HOME: at };
  const { stdout, stderr } = spawnSync(python, ["-c", script, JSON.stringify({ ...task(), ...changes }), name], {
    encoding: "utf8",
    env,
  });
  if (stdout === "") throw new Error(stderr);
  return stdout;
}

function expectOtherUntouched(): void {
  for (const kept of ["unfinished", "1/kept", "2"]) expect(existsSync(path.join(other(), kept))).toBe(true);
  for (const made of ["3", "4", "total"]) expect(existsSync(path.join(other(), made))).toBe(false);
  expect(readFileSync(path.join(other(), "file"), "utf8")).toBe("");
}

testWithPython([], "a worker in Python does a task in the directories of its attempt", () => {
  expect(work()).toBe("['text']\n");
  expect(readFileSync(path.join(attempt(), "outputs", "total"), "utf8")).toBe("written");
  expect(readFileSync(path.join(attempt(), "events"), "utf8")).toContain("logged");
  expect(readFileSync(output(), "utf8")).toBe("printed\n");
  expect(existsSync(path.join(attempt(), "checkpoints", "3"))).toBe(false);
  expect(existsSync(path.join(attempt(), "checkpoints", "4", "total"))).toBe(true);
  expectOtherUntouched();
});

const at = (name: string) => () => path.join(other(), name);
const checkpoints = (to: () => string) => () => ({ checkpoints: { directory: to(), everySeconds: 1, keep: 1 } });
const link = (): string => {
  const linked = path.join(path.dirname(attempt()), "linked");
  symlinkSync(other(), linked);
  return linked;
};
testWithPython([], "a worker in Python refuses a task that names other files, and touches none of them", () => {
  const attacks: (() => Request)[] = [
    checkpoints(other),
    checkpoints(() => path.join(attempt(), "../../../../../..", "other")),
    checkpoints(link),
    checkpoints(() => path.join(home(), "runs", "run", "exchange", "stage")),
    checkpoints(home),
    checkpoints(() => path.join(directory(), "missing")),
    () => ({ outputs: other() }),
    () => ({ events: at("file")() }),
    () => ({ output: at("file")() }),
    () => ({ output: path.join(attempt(), "events") }),
    () => ({ inputs: { text: at("1")() } }),
    () => ({ resume: { step: 1, directory: at("1")() } }),
  ];
  for (const attack of attacks) {
    expect(work(attack())).toMatch(
      /^refused: the task names .*: set PAWL_HOME to the home directory of Pawl's workers/,
    );
    expectOtherUntouched();
  }
  expect(work({}, { name: "../../../../../../other/total" })).toMatch(/^refused: the output .* would be outside/);
  expect(work({}, { at: path.join(directory(), "none") })).toMatch(/^refused: .*No such file.*: set PAWL_HOME/);
  expectOtherUntouched();
});

const asRoot = (name: string, work: () => void): void =>
  process.getuid?.() === 0 ? testWithPython([], name, work) : test.skip(name, work);
asRoot(
  "a worker in Python refuses a home of another user that is not shared with a group (only root can make one)",
  () => {
    chownSync(home(), 65_534, 65_534);
    chmodSync(home(), 0o755);
    expect(work()).toMatch(/^refused: PAWL_HOME .* belongs to another user/);
    chmodSync(home(), 0o2775);
    expect(work()).toBe("['text']\n");
  },
);
