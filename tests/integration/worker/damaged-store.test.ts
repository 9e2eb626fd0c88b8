import { expectNoHarm } from "./damaged-store.js";

test("a damaged file of the store gives no wrong result, no stack trace and no dead end", () =>
  expectNoHarm(["a flipped bit", "deleted"]));
