import { damageNames, expectNoHarm } from "./damaged-store.js";

test("no damage to a file of the store gives a wrong result, a stack trace or a dead end", () =>
  expectNoHarm(damageNames));
