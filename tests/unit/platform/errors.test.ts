import { PawlError } from "../../../platform/errors.js";
test("an error carries its code and facts", () => {
  const error = new PawlError("CYCLE", "a needs b needs a", { where: "x.yaml:1:1" });
  expect(error).toMatchObject({ code: "CYCLE", facts: { where: "x.yaml:1:1" } });
});
