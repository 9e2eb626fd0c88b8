import { expectWholeAfterKills } from "./gc-kills.js";

test("a removal that is killed before any of its calls leaves whole artifacts only, and the next one completes it", () =>
  expectWholeAfterKills(Number.MAX_SAFE_INTEGER));
