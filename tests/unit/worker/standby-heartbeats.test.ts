import type { ProcessTableEntry } from "../../../platform/processes/process-identity.js";
import { PawlError } from "../../../platform/errors.js";
import type { PatientClient } from "../../../worker/supervision/patient-client.js";
import { isProcessMessage, StandbyHeartbeats } from "../../../worker/supervision/standby-heartbeats.js";
import type { Progress } from "../../../schemas/stage-result.js";

const pid = 42;
const beat = { taskToken: Buffer.from("token").toString("base64"), details: { phase: "train", done: 7 } as Progress };

/** A supervisor with one worker process; that and the server do as told. */
function standby() {
  const process: ProcessTableEntry = { ended: false, stopped: false, started: "1", ticks: 0 };
  const sent: unknown[] = [];
  const killed: number[] = [];
  const state = { process, sent, killed, refusal: undefined as Error | undefined, computes: true };
  const activity = {
    heartbeat: async (token: Uint8Array, details: unknown) => {
      sent.push([Buffer.from(token).toString(), details]);
      if (state.refusal) throw state.refusal;
    },
  };
  const client = { use: (work: (client: unknown) => Promise<unknown>) => work({ activity }) };
  const look = (): ProcessTableEntry => {
    if (state.computes) process.ticks += 5;
    return { ...process };
  };
  const heartbeats = new StandbyHeartbeats(client as unknown as PatientClient, look, (found) => killed.push(found));
  const looks = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await heartbeats.look();
  };
  return { ...state, state, heartbeats, looks };
}

test("a worker process that is busy in one call is spoken for, with what it told last", async () => {
  const { heartbeats, looks, sent } = standby();
  heartbeats.heard(pid, { beat });
  await looks(1);
  expect(sent).toEqual([]);
  await looks(3);
  expect(sent).toEqual(Array.from({ length: 3 }, () => ["token", beat.details]));
  heartbeats.heard(pid, { beat });
  await looks(1);
  expect(sent).toHaveLength(3);
});

test.each([
  ["has ended its attempt", ({ heartbeats }: ReturnType<typeof standby>) => heartbeats.heard(pid, {})],
  ["has ended", ({ heartbeats }: ReturnType<typeof standby>) => heartbeats.forget(pid)],
  ["is stopped", ({ process }: ReturnType<typeof standby>) => void (process.stopped = true)],
  ["is a zombie", ({ process }: ReturnType<typeof standby>) => void (process.ended = true)],
  ["waits for ever, without processor time", ({ state }: ReturnType<typeof standby>) => void (state.computes = false)],
])("nobody speaks for a worker process that %s", async (_, change) => {
  const setting = standby();
  setting.heartbeats.heard(pid, { beat });
  await setting.looks(1);
  change(setting);
  await setting.looks(5);
  expect(setting.sent).toEqual([]);
  expect(setting.killed).toEqual([]);
});

test("a heartbeat is sent again where the server was away, but not where the server no longer knows the attempt", async () => {
  const { heartbeats, looks, sent, state } = standby();
  heartbeats.heard(pid, { beat });
  state.refusal = new PawlError("SERVER_UNREACHABLE", "away");
  await looks(4);
  expect(sent).toHaveLength(3);
  state.refusal = Object.assign(new Error("gone"), { name: "ActivityNotFoundError" });
  await looks(5);
  expect(sent).toHaveLength(4);
});

test("the server is kept waiting for a canceled attempt, which has yet to save its checkpoint", async () => {
  const { heartbeats, looks, sent, state } = standby();
  heartbeats.heard(pid, { beat });
  state.refusal = Object.assign(new Error("canceled"), { name: "ActivityCancelledError" });
  await looks(5);
  expect(sent).toHaveLength(4);
});

test("a worker process that computes on for nobody, deaf to everything, is killed; one that turns again is not", async () => {
  const { heartbeats, looks, killed, state } = standby();
  state.refusal = Object.assign(new Error("cancelled"), { name: "ActivityCancelledError" });
  heartbeats.heard(pid, { beat });
  await looks(200);
  heartbeats.heard(pid, { beat });
  await looks(200);
  expect(killed).toEqual([]);
  await looks(60);
  expect(killed).toContain(pid);
});

test("a message of a worker process is distinguished from anything else", () => {
  expect([{}, { beat }].every(isProcessMessage)).toBe(true);
  expect([undefined, null, "ready", 5, [], { beat: 5 }, { beat: {} }].some(isProcessMessage)).toBe(false);
});
