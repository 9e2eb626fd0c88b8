import { readFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { parse } from "yaml";
import { verbs } from "../../cli/verbs/index.js";
import { packageRoot } from "../../platform/program/locations.js";
import { quick } from "../../worker/server/dev-server.js";
import { registerCommand } from "../../worker/bookkeeping/search-attributes.js";
import { recordedTerminal } from "../support/terminal.js";

interface Service {
  image?: string;
  build?: { dockerfile: string };
  command?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  configs?: { source: string; target: string }[];
}

const read = (file: string): string => readFileSync(path.join(packageRoot(), file), "utf8");
const text = read("docker-compose.yml");
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
  configs: Record<string, { content: string }>;
};
const services = Object.entries(compose.services);

test.each(services)("%s is built here or pinned to a version", (_, { image, build }) => {
  if (build) expect(build.dockerfile).toBe("worker/Dockerfile");
  else expect(image).toMatch(/:\d+\.\d+(\.\d+)?$/);
});

test("the UI's start button is on", () => {
  expect(compose.services["ui"]?.environment?.["TEMPORAL_START_WORKFLOW_DISABLED"]).toBe("false");
});

test.each(["postgresql", "temporal", "worker", "worker-gpu"])("%s has a health check", (name) => {
  expect(compose.services[name]?.healthcheck?.test[0]).toBe("CMD");
});

test("whoever is waited for exists, and is waited for in a way that it can fulfil", () => {
  for (const [, { depends_on = {} }] of services)
    for (const [name, { condition }] of Object.entries(depends_on)) {
      expect(Object.keys(compose.services)).toContain(name);
      if (condition === "service_healthy") expect(compose.services[name]?.healthcheck).toBeDefined();
    }
});

test("the namespace gets the search attributes of runs", () => {
  expect(compose.services["namespace"]!.command!.join("")).toContain(registerCommand);
});

test("named volumes are declared", () => {
  const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(":")[0]!));
  expect([...new Set(used.filter((name) => !name.startsWith(".")))].sort()).toEqual(
    Object.keys(compose.volumes).sort(),
  );
});

test("the server's settings are there, and those of the embedded server", () => {
  const { environment, configs } = compose.services["temporal"]!;
  const [settings] = configs!;
  expect(environment!["DYNAMIC_CONFIG_FILE_PATH"]).toBe(settings!.target);
  const content = parse(compose.configs[settings!.source]!.content) as Record<string, { value: number | string }[]>;
  expect(Object.keys(content)).not.toHaveLength(0);
  for (const [name, values] of Object.entries(content))
    expect(values).toEqual([{ value: quick[name as keyof typeof quick] }]);
});

describe("what the workers' containers run is understood by the command line", () => {
  const instruction = (name: string): string[] => {
    const line = read("worker/Dockerfile").match(new RegExp(`^${name} (\\[.*\\])$`, "m"));
    return JSON.parse(line![1]!) as string[];
  };
  const entry = instruction("ENTRYPOINT");
  const built = services.filter(([, { build }]) => build !== undefined);
  const commands = built.flatMap(([name, { command, healthcheck }]) => [
    [name, [...entry, ...(command ?? instruction("CMD"))]] as const,
    [`${name}'s health check`, healthcheck!.test.slice(1)] as const,
  ]);

  /** Parses with the verb's own options, and does nothing. Throws CommanderError. */
  async function parseOnly([verb, ...args]: string[]): Promise<void> {
    const command = new Command().exitOverride().configureOutput({ outputError: () => undefined });
    (await verbs[verb!]!.load())(command, recordedTerminal());
    command.action(() => undefined).parse(args, { from: "user" });
  }

  test.each(commands)("%s", async (_, command) => {
    expect(command.slice(0, entry.length)).toEqual(["node", "/app/dist/cli/main.js"]);
    await parseOnly(command.slice(entry.length));
  });
  test("a misspelt option is not", async () => {
    await expect(parseOnly(["worker", "--gpu", "1"])).rejects.toThrow("unknown option '--gpu'");
  });
});
