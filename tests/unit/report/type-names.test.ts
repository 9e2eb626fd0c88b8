import { typeNames } from "../../../report/type-names.js";
import type { Plan } from "../../../schemas/plan.js";

test("a stage of the project's own is shown by its file, in each combination of a matrix, too", () => {
  const stages = [
    { id: "own", uses: "module", with: { file: "./stages/own.ts" }, ownSettings: "settings" },
    { id: "text", uses: "dataset", with: {} },
  ] as unknown as Plan["stages"];
  const shown = typeNames({ stages });
  expect(["own", "own.2", "text"].map((id) => shown({ id, uses: "of the plan" }))).toEqual([
    "./stages/own.ts",
    "./stages/own.ts",
    "of the plan",
  ]);
  expect(typeNames(undefined)({ id: "own", uses: "module" })).toBe("module");
});
