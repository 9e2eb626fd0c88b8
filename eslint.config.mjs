import prettier from "eslint-config-prettier";
import { readFileSync } from "node:fs";
import tseslint from "typescript-eslint";
import { stageTypeLiteral } from "./scripts/lint/stage-type-literal.mjs";

/** The names in the table of stage types. */
const [, table] = /const table = \{([^}]*)\}/.exec(
  readFileSync(new URL("schemas/stages/index.ts", import.meta.url), "utf8"),
);
const stageNames = [...table.matchAll(/^\s*"?([a-z0-9-]+)"?[,:]/gm)].map(([, name]) => name);

/** Names that say what something is. */
const names =
  "^(?!(?:most|least|why)[A-Z]|(?:told|news|remake|said|asked|shown|whole|here)$).*(?<!Of)$" +
  "|^(?:most(?:Frequent|Probable)|(?:as|any|all|one|multiple)Of)$";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "scripts/", "compiler/generated/", "**/*.cjs", "**/*.mjs"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // A bound is a maximum (maxOutputBytes); a function is a verb (readStatus, not statusOf).
      "id-match": ["error", names, { onlyDeclarations: true }],
    },
  },
  {
    // The one rule that needs types; oxlint has the others (.oxlintrc.json).
    files: ["**/*.ts", "**/*.tsx"],
    ignores: ["schemas/stages/index.ts", "activities/index.ts", "tests/**", "bench/**"],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./stages/tsconfig.json", "./studio/page/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { pawl: { rules: { "stage-type-literal": stageTypeLiteral } } },
    rules: { "pawl/stage-type-literal": ["error", stageNames] },
  },
  {
    // Workflow code is deterministic: no clock, no randomness, nothing of Node.
    files: ["workflows/**/*.ts", "expressions/**/*.ts"],
    rules: {
      "no-restricted-imports": ["error", { patterns: ["node:*", "ajv*", "@tensorflow/*", "@sinclair/*"] }],
      "no-restricted-globals": ["error", "process", "setTimeout", "setInterval", "fetch", "Buffer"],
      "no-restricted-properties": ["error", { object: "Math", property: "random" }],
    },
  },
  {
    // The system's clock may be set at any time. The files that are left out compare it with times
    // that were recorded.
    files: ["**/*.ts", "**/*.tsx"],
    ignores: [
      ...["workflows/**", "tests/**", "bench/**", "store/records/results.ts", "studio/server/{admissions,codes}.ts"],
      ...["cli/scheduling/backfill.ts", "cli/verbs/approve.ts", "cli/verbs/gc.ts", "cli/verbs/list.ts"],
    ],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            'BinaryExpression[operator=/^[-<>]=?$/] > CallExpression[callee.object.name="Date"][callee.property.name="now"]',
          message: "Measure durations with performance.now(): the system's clock may be set meanwhile.",
        },
      ],
    },
  },
  {
    files: ["tests/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "jest",
          property: "setTimeout",
          message: "No test has a limit of its own: see testTimeout in jest.config.cjs.",
        },
      ],
    },
  },
  {
    // Helpers inside of tests may be short.
    files: ["tests/**/*.ts", "bench/**/*.ts"],
    rules: {
      "id-match": ["error", "^(?!most[A-Z]).*$|^most(Of|Frequent|Probable)$", { onlyDeclarations: true }],
    },
  },
  prettier,
  {
    // Code is the formatter's; examples in comments keep their lines.
    rules: {
      "max-len": ["error", { code: 1000, comments: 100, ignoreUrls: true, ignorePattern: "^\\s*\\* {3}" }],
    },
  },
);
