/**
 * The arrows between the modules (docs/architecture.md). A module may import itself and what is
 * listed here, nothing else of ours.
 */
const arrows = {
  platform: [],
  schemas: ["platform"],
  expressions: ["schemas", "platform"],
  compiler: ["schemas", "expressions", "platform"],
  workflows: ["expressions"],
  formats: ["schemas", "platform"],
  tensor: ["schemas", "platform"],
  lm: ["tensor", "platform"],
  graph: ["schemas", "platform"],
  tabular: ["platform"],
  store: ["schemas", "platform"],
  report: ["store", "formats", "graph", "schemas", "platform"],
  activities: ["schemas", "store", "formats", "lm", "graph", "tabular", "tensor", "report", "platform"],
  worker: ["schemas", "expressions", "compiler", "workflows", "store", "activities", "formats", "tensor", "platform"],
  verify: ["schemas", "compiler", "workflows", "store", "activities", "worker", "platform"],
  api: ["schemas", "expressions", "compiler", "workflows", "store", "formats", "worker", "report", "platform"],
  studio: ["api", "report", "formats", "store", "compiler", "worker", "schemas", "expressions", "platform"],
  cli: [
    "api",
    "studio",
    "schemas",
    "expressions",
    "compiler",
    "workflows",
    "store",
    "worker",
    "activities",
    "tensor",
    "formats",
    "lm",
    "verify",
    "report",
    "platform",
  ],
};
/** The arrows inside lm/: none points up. */
const lmArrows = {
  text: [],
  data: ["text"],
  model: ["data"],
  optim: ["model"],
  decode: ["text", "model", "optim", "data"],
  train: ["text", "data", "model", "optim"],
  rl: ["data", "model", "optim", "decode", "train"],
};
const modules = Object.keys(arrows).join("|");
/** Pure constants, functions and types that workflow code may import at run time. */
const pureConstants =
  "^(schemas/(run|choices|approvals|foreach|matrix|concurrency|notifications|duration)|platform/(errors|extremes|json))\\.ts$";

/** What the studio's page may import at run time. */
const pureForPages =
  "^(report/(expected-work|marks|shapes|values|run/graph-layout|components/[\\w-]+)|schemas/run|platform/(errors|extremes|json))\\.tsx?$";

module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(([importer, allowed]) => ({
      name: `arrows-of-${importer}`,
      severity: "error",
      comment: `${importer}/ may import only: ${["itself", ...allowed].join(", ")}`,
      from: { path: `^${importer}/` },
      to: {
        path: `^(${modules}|tests|bench)/`,
        pathNot: [`^(${[importer, ...allowed].join("|")})/`, ...(importer === "workflows" ? [pureConstants] : [])],
        ...(importer === "workflows" ? { dependencyTypesNot: ["type-only"] } : {}),
      },
    })),
    ...Object.entries(lmArrows).map(([directory, allowed]) => ({
      name: `arrows-of-lm-${directory}`,
      severity: "error",
      comment: `lm/${directory}/ may import only: ${["itself", ...allowed].join(", ")}`,
      from: { path: `^lm/${directory}/` },
      to: { path: "^lm/", pathNot: [`^lm/(${[directory, ...allowed].join("|")})/`] },
    })),
    {
      name: "page-of-the-studio",
      severity: "error",
      comment: "studio/page/ runs in a browser: at run time it imports only itself and what is pure",
      from: { path: "^studio/page/" },
      to: {
        path: `^(${modules}|tests|bench)/`,
        pathNot: ["^studio/page/", pureForPages],
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "page-without-node",
      severity: "error",
      from: { path: "^studio/page/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "packages-that-are-installed",
      severity: "error",
      comment: "what the package runs must stand in `dependencies`: npm installs no devDependencies with it",
      // The studio's page is bundled with what it imports.
      from: { pathNot: "^studio/page/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown", "unknown"],
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "no-circular",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "deterministic",
      severity: "error",
      from: { path: "^(workflows|expressions)/" },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
