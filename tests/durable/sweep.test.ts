import { Shell } from "./cli/shell.js";

const shell = new Shell();

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
