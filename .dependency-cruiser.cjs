/** The arrows between the rooms (docs/architecture.md). A room may import itself and what is listed here, nothing else of ours. */
const arrows = {
  schemas: [],
  expressions: ["schemas"],
  compiler: ["schemas", "expressions"],
  workflows: ["expressions"],
  formats: ["schemas"],
  tensor: ["schemas"],
  lm: ["tensor", "schemas"],
  graph: ["schemas", "tensor"],
  store: ["schemas"],
  activities: ["schemas", "store", "formats", "lm", "graph", "tensor"],
  worker: ["schemas", "expressions", "compiler", "workflows", "store", "activities", "formats", "tensor"],
  cli: ["schemas", "expressions", "compiler", "workflows", "store", "worker", "activities", "tensor", "formats", "lm"],
};
const rooms = Object.keys(arrows).join("|");
/** Pure constants and types that workflow code may import at run time. */
const pureSchemas = "^schemas/(run|errors|json|ask)\\.ts$";

module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(([room, allowed]) => ({
      name: `arrows-of-${room}`,
      severity: "error",
      comment: `${room}/ may import only: ${["itself", ...allowed].join(", ")}`,
      from: { path: `^${room}/` },
      to: {
        path: `^(${rooms}|tests|bench)/`,
        pathNot: [`^(${[room, ...allowed].join("|")})/`, ...(room === "workflows" ? [pureSchemas] : [])],
        ...(room === "workflows" ? { dependencyTypesNot: ["type-only"] } : {}),
      },
    })),
    {
      name: "no-circular",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
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
