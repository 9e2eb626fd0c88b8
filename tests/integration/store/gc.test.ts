import { expectWholeAfterKills } from "./gc-kills.js";

test("a removal that is killed before some of its calls leaves whole artifacts only, and the next one completes it", () =>
  expectWholeAfterKills(8));
