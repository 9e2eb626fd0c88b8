import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { environmentVariables } from "../../../platform/processes/environment-variables.js";
import { packageRoot } from "../../../platform/program/locations.js";

/** Set or read for other programs: their own documentation says what they mean. */
const ofOthers = /^(PATH|CI|DISPLAY|WAYLAND_DISPLAY|TF_NUM_|TF_ENABLE_|TF_DETERMINISTIC_|TF_CPU_|XLA_FLAGS|npm_)/;
const directories = [
  ...[
    "activities",
    "api",
    "bench",
    "cli",
    "compiler",
    "expressions",
    "formats",
    "graph",
    "lm",
    "platform",
    "python",
    "report",
    "schemas",
  ],
  ...["scripts", "store", "tabular", "tensor", "tests/support", "verify", "worker", "workflows", "tests/unit/compiler"],
];

const sources = directories
  .flatMap((directory) =>
    readdirSync(path.join(packageRoot(), directory), { recursive: true, encoding: "utf8" }).map((file) =>
      path.join(packageRoot(), directory, file),
    ),
  )
  .filter(
    (file) =>
      /\.(ts|mjs|cjs)$|\/python\/[^/]*\.py$/.test(file) &&
      !file.includes("generated") &&
      !file.endsWith("environment-variables.ts"),
  )
  .map((file) => readFileSync(file, "utf8"));

/** Names behind `env`, and Pawl's own wherever they stand. */
const read = new Set(
  sources.flatMap((text) => [
    ...[...text.matchAll(/\benv(?:iron|ironment)?(?:\.get\("|\.|\[")([A-Z][A-Z_]+)\b/g)].map(([, name]) => name!),
    ...(text.match(/\bPAWL_[A-Z_]+\b/g) ?? []),
  ]),
);

test("every environment variable that the code reads is documented, and no other", () => {
  const undocumented = [...read].filter((name) => !ofOthers.test(name) && !Object.hasOwn(environmentVariables, name));
  expect(undocumented).toEqual([]);
  const text = sources.join("\n");
  expect(Object.keys(environmentVariables).filter((name) => !text.includes(name))).toEqual([]);
});

test("texts are sentences", () => {
  for (const { meaning } of Object.values(environmentVariables)) expect(meaning).toMatch(/^[A-Z`].*\.$/s);
});
