import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../../tensor/locations.js";

interface Service {
  image?: string;
  build?: { dockerfile: string };
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
}

const text = readFileSync(path.join(packageRoot(), "docker-compose.yml"), "utf8");
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
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

test("named volumes are declared", () => {
  const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(":")[0]!));
  expect([...new Set(used.filter((name) => !name.startsWith(".")))].sort()).toEqual(
    Object.keys(compose.volumes).sort(),
  );
});
