import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { shell } from "./shell.js";

interface Ended {
  status?: string;
  outputs?: { losses: number[]; bestOfThem: number };
  stages?: { id: string; status: string }[];
}

/** `pawl run sweep` with few steps, and the rates given. */
async function sweep(rates: number[]): Promise<Required<Ended>> {
  const given = ["--input", "steps=10", "--input", `rates=[${rates.join(", ")}]`];
  const events = await shell.json<Ended>("run", "sweep", ...given);
  return events.at(-1) as Required<Ended>;
}

test("the sweep that ships: the best of three learning rates is fine-tuned; another list trains only what is new", async () => {
  const { status, outputs, stages } = await sweep([0.0001, 0.01]);
  expect(status).toBe("succeeded");
  expect(outputs.losses).toHaveLength(2);
  expect(outputs.bestOfThem).toBe(outputs.losses.indexOf(Math.min(...outputs.losses)) + 1);
  expect(stages.map(({ id }) => id)).toEqual([
    "text",
    "glossary",
    "tokens",
    "base.1",
    "base.2",
    "best",
    "chat",
    "score",
  ]);

  const again = await sweep([0.0003, 0.0001, 0.01]);
  const cached = again.stages.filter(({ status: how }) => how === "cached").map(({ id }) => id);
  expect(cached).toEqual(expect.arrayContaining(["tokens", "base.2", "base.3"]));
  expect(cached).not.toContain("base.1");
});

test("the release that ships: nothing is exported before somebody approves, and then under the name that they give", async () => {
  const running = shell.start(["run", "release", "--input", "steps=10", "--json"]);
  const waits = await running.printed(/"run":"[^"]+","id":"approved","uses":"approve","status":"waiting"/);
  const run = /"run":"([^"]+)"/.exec(waits)![1]!;
  const exported = path.join(shell.directory, "exports", "release");
  expect(existsSync(exported)).toBe(false);
  expect(await shell.pawl("approve", run, "--yes", "--set", "name=first")).toMatchObject({ code: 0 });
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(readdirSync(exported)).toEqual(["first"]);
});
