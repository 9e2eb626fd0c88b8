import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Client } from "@temporalio/client";
import { NamespaceNotFoundError } from "@temporalio/common";
import { describeRun } from "../../../api/reading/find-run.js";
import { asServerError } from "../../../api/servers/grpc.js";
import { exitCodes } from "../../../cli/exit-codes.js";
import { main } from "../../../cli/program.js";
import { useDirectory } from "../../support/directory.js";
import { recordedTerminal } from "../../support/terminal.js";

const directory = useDirectory();
const at = (name: string): string => path.join(directory(), name);
const cwd = process.cwd();
const environment = { ...process.env };
beforeEach(() => {
  process.env["PAWL_HOME"] = at("home");
  process.env["TEMPORAL_CONFIG_FILE"] = at("temporal.toml");
});
afterEach(() => {
  process.chdir(cwd);
  for (const name of ["PAWL_HOME", "TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE"])
    if (environment[name] === undefined) delete process.env[name];
    else process.env[name] = environment[name];
});

async function type(...args: string[]): Promise<{ code: number; note: string }> {
  const terminal = recordedTerminal();
  return { code: await main(args, terminal), note: terminal.written.note };
}

describe.each([["list"], ["status", "r"], ["logs", "r"]])(
  "pawl %s says what is wrong with the connection's configuration:",
  (...args) => {
    test("a profile that does not exist", async () => {
      process.env["TEMPORAL_PROFILE"] = "nosuch";
      expect(await type(...args)).toEqual({
        code: 1,
        note: expect.stringMatching(/'nosuch' not found[^]*SETUP_FAILED/),
      });
    });

    test("a file that is no TOML", async () => {
      writeFileSync(at("temporal.toml"), "[profile.default");
      const { code, note } = await type(...args);
      expect({ code, note }).toEqual({ code: 1, note: expect.stringContaining("Invalid TOML document") });
      expect(note).toContain(at("temporal.toml"));
      expect(note).toContain("SETUP_FAILED · next: fix the variables TEMPORAL_* or that file");
    });

    test("a file that cannot be read", async () => {
      mkdirSync(at("temporal.toml"));
      expect(await type(...args)).toEqual({ code: 1, note: expect.stringMatching(/EISDIR[^]*SETUP_FAILED/) });
    });
  },
);

test("pawl doctor has a wrong configuration among what it found", async () => {
  process.env["TEMPORAL_PROFILE"] = "nosuch";
  const terminal = recordedTerminal();
  expect(await main(["doctor", "--no-tensorflow"], terminal)).toBe(1);
  expect(terminal.written.out).toMatch(/^fail +Server .*'nosuch' not found.*\n +next: fix TEMPORAL_PROFILE=nosuch/m);
  expect(terminal.written.out).toMatch(/^ok +Node/m);
});

test.each([
  ["list", "FILE_NOT_FOUND", exitCodes.failed],
  ["run x", "FILE_NOT_FOUND", exitCodes.failed],
  ["up", "FILE_NOT_FOUND", exitCodes.failed],
  ["validate x", "FILE_NOT_FOUND", exitCodes.failed],
])("in a directory that has been removed, pawl %s fails with %s", async (line, codes, code) => {
  delete process.env["PAWL_HOME"];
  mkdirSync(at("gone"));
  process.chdir(at("gone"));
  rmSync(at("gone"), { recursive: true });
  expect(await type(...line.split(" "))).toEqual({ code, note: expect.stringMatching(codes) });
});

test.each([
  ["the client", new NamespaceNotFoundError("typo")],
  ["a call", Object.assign(new Error("5 NOT_FOUND: Namespace typo is not found."), { code: 5 })],
])("a namespace that the server does not have is named (from an error of %s)", (_, error) => {
  expect(asServerError(error, { address: "host:7233", embedded: false })).toMatchObject({
    code: "SETUP_FAILED",
    message: expect.stringContaining("typo"),
    facts: { where: "host:7233", next: expect.stringContaining("TEMPORAL_NAMESPACE") },
  });
  // The embedded server has its own: another server answers at its address.
  expect(asServerError(error, { address: "127.0.0.1:7233", embedded: true })).toMatchObject({
    code: "SERVER_UNREACHABLE",
    facts: { where: "127.0.0.1:7233", next: expect.stringContaining("pawl up") },
  });
});

test("a run id that no run can have is refused before anything starts", async () => {
  for (const id of ["", " ", "x".repeat(1001)])
    expect(await type("run", "x", "--id", id)).toEqual({
      code: 2,
      note: expect.stringContaining("must have 1 to 1000 bytes"),
    });
});

test("a run id that the server refuses to look for belongs to no run", async () => {
  const refused = Object.assign(new Error("Failed to describe workflow"), { cause: { code: 3 } });
  const workflow = { getHandle: () => ({ describe: () => Promise.reject(refused) }), list: async function* () {} };
  await expect(describeRun({ workflow } as unknown as Client, at("home"), "")).rejects.toMatchObject({
    code: "RUN_NOT_FOUND",
  });
});
