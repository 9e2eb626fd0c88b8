import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../../../platform/program/locations.js";
import { stopsWithinMs } from "../../../worker/supervision/grace.js";

const read = (file: string): string => readFileSync(path.join(packageRoot(), file), "utf8");

interface Service {
  stop_grace_period?: string;
  volumes: string[];
  healthcheck: { test: string[] };
  environment: Record<string, string>;
}
const services = (parse(read("docker-compose.yml"), { merge: true }) as { services: Record<string, Service> }).services;
const workers = Object.entries(services).filter(([name]) => name.startsWith("worker"));

/** `2m`, `2min`, `90s` as ms. */
function timeMs(text: string): number {
  const [, count, unit] = /^(\d+)(s|m|min)$/.exec(text)!;
  return Number(count) * (unit === "s" ? 1000 : 60_000);
}

test("there are workers to look at", () => expect(workers.map(([name]) => name)).toEqual(["worker", "worker-gpu"]));

test.each(workers)(
  "%s: its health check does not load TensorFlow, and it may report before it is killed",
  (_, worker) => {
    expect(worker.healthcheck.test.slice(-2)).toEqual(["doctor", "--no-tensorflow"]);
    expect(timeMs(worker.stop_grace_period!)).toBeGreaterThan(stopsWithinMs);
  },
);

test.each(workers)("%s: store and exports lie in volumes, exports below the project directory", (_, worker) => {
  const directory = /^WORKDIR (\S+)$/gm;
  const project = [...read("worker/Dockerfile").matchAll(directory)].at(-1)![1]!;
  expect(worker.volumes).toContain(`pawl:${worker.environment["PAWL_HOME"]!}`);
  expect(worker.volumes).toContain(`exports:${project}/exports`);
});

test("the image does not run as root, and its user owns what it writes to", () => {
  const lines = read("worker/Dockerfile").split("\n");
  const user = lines.findLast((line) => line.startsWith("USER "));
  expect(user).toBe("USER node");
  expect(lines.findIndex((line) => line.includes("chown -R node:node /pawl /project"))).toBeGreaterThan(0);
  expect(lines.indexOf(user!)).toBeLessThan(lines.findIndex((line) => line.startsWith("ENTRYPOINT")));
});

const unit = path.join(packageRoot(), "worker/pawl.service");

/** A test that asks systemd itself: skipped, and counted as skipped, on machines without it. */
function testWithSystemd(name: string, work: jest.ProvidesCallback): void {
  if (spawnSync("systemd-analyze", ["--version"]).error === undefined) test(name, work);
  else test.skip(`${name} (there is no systemd-analyze: install systemd)`, work);
}

testWithSystemd("systemd accepts the unit unchanged", () => {
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
  const ours = stderr.split("\n").filter((line) => line.includes("pawl.service"));
  expect({ status, ours }).toEqual({ status: 0, ours: [] });
});

test("systemd waits until `pawl up` has reported", () => {
  const [, time] = /^TimeoutStopSec=(\S+)$/m.exec(read("worker/pawl.service"))!;
  expect(timeMs(time!)).toBeGreaterThan(stopsWithinMs);
});
