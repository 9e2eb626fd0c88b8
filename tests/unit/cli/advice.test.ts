import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { asServerError } from "../../../api/servers/grpc.js";
import { main } from "../../../cli/program.js";
import { endText } from "../../../cli/render/end.js";
import type { RunView } from "../../../api/reading/run-view.js";
import { shellWord } from "../../../report/shell-word.js";
import { useDirectory } from "../../support/directory.js";
import { recordedTerminal } from "../../support/terminal.js";

/** What the command line advises leads on when it is followed. */
const directory = useDirectory();
const workingDirectory = process.cwd();
const environment = { ...process.env };
beforeEach(() => {
  process.chdir(directory());
  process.env["PAWL_HOME"] = path.join(directory(), "home");
  for (const name of ["TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE"]) delete process.env[name];
});
afterEach(() => {
  process.chdir(workingDirectory);
  process.env = { ...environment };
});

async function type(...args: string[]): Promise<{ code: number; out: string; note: string }> {
  const terminal = recordedTerminal();
  const code = await main(args, terminal);
  return { code, ...terminal.written };
}

test.each(["tiny", "a b", "it's", "$HOME", "", "list=[1, 2]"])("a word of a shell: %j", (text) => {
  const { stdout } = spawnSync("sh", ["-c", `printf %s ${shellWord(text)}`], { encoding: "utf8" });
  expect(stdout).toBe(text);
});

test("plan advises the run that it has planned: with its inputs and its seed", async () => {
  mkdirSync("pipelines");
  const text =
    "name: p\ninputs: { who: { type: string }, n: { type: integer } }\n" +
    'stages: { a: { uses: dataset, with: { source: { text: "${{ inputs.who }} ${{ inputs.n }}" } } } }\n';
  writeFileSync(path.join("pipelines", "p.yaml"), text);
  writeFileSync("n.json", '{"n": 3}');
  const { code, out } = await type("plan", "p", "-i", "who=a friend", "--inputs", "n.json", "--seed", "7");
  expect({ code, next: out.split("\n").at(-2) }).toEqual({
    code: 0,
    next: "  next: pawl run pipelines/p.yaml --input 'who=a friend' --inputs n.json --seed 7",
  });
});

test("a run whose choices gave nothing to learn from is resumed: another one would ask for all of them again", () => {
  const failure = { code: "DATA_EMPTY", class: "configuration", message: "none", facts: {} } as const;
  const choiceRequest = {
    pairs: { artifact: "pairs", digest: "" },
    items: 1,
    target: 1,
    choices: { 1: "tie" },
  } as const;
  const stage = {
    id: "a",
    uses: "collect-preferences",
    status: "failed",
    attempts: 2,
    outputs: {},
    metrics: {},
  } as const;
  const view: RunView = {
    runId: "r",
    startedAtMs: 0,
    queued: new Set(),
    progress: {},
    state: { pipeline: "p", status: "failed", outputs: {}, stages: [{ ...stage, failure, choiceRequest }] },
  };
  expect(endText(view, [], recordedTerminal())).toMatch(/next: pawl resume r$/);
});

test("a run that fails on its outputs is not advised to resume: that would meet them again", () => {
  const stage = { id: "a", uses: "dataset", status: "succeeded", attempts: 1, outputs: {}, metrics: {} } as const;
  const plan = { name: "p", file: "p.yaml", definitionDigest: "", seed: 1, inputs: { n: 1 }, stages: [], outputs: {} };
  const view: RunView = {
    runId: "r",
    startedAtMs: 0,
    queued: new Set(),
    progress: {},
    failure: { code: "OUT_OF_RANGE", message: "outputs: the run's outputs are too large" },
    state: { pipeline: "p", status: "failed", outputs: {}, plan, stages: [stage] },
  };
  expect(endText(view, [], recordedTerminal())).toMatch(
    /next: change outputs, then pawl run p\.yaml \(with the same inputs: finished stages come from the cache\)$/,
  );
});

test("a wrong option of what a verb has below it is answered with the help that shows its options", async () => {
  expect((await type("verify", "resume", "tiny", "--kils", "3")).note).toContain(
    "write --kills (all options: pawl help verify resume)",
  );
  expect((await type("verify", "resume")).note).toContain("next: pawl help verify resume");
  expect((await type("verify", "--bogus")).note).toContain("next: pawl help verify\n");
  const help = await type("help", "verify", "resume");
  expect(help).toMatchObject({ code: 0, out: expect.stringContaining("--kills"), note: "" });
});

describe("a server that does not answer", () => {
  const next = (embedded: boolean) => {
    const away = Object.assign(new Error("14 UNAVAILABLE"), { code: 14 });
    const error = asServerError(away, { address: "there:7233", embedded });
    return (error as { facts: { next: string } }).facts.next;
  };
  test("is to be started again where it is Pawl's own", () => {
    expect(next(true)).toContain("`pawl up`");
  });
  test("is to be looked after where it is another's: `pawl up` would start another one", () => {
    expect(next(false)).toContain("TEMPORAL_ADDRESS");
    expect(next(false)).not.toContain("pawl up");
  });
});
