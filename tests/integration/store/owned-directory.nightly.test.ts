import { useDirectory } from "../../support/directory.js";
import { expectWholeAfterKills } from "./owned-directory.js";

const directory = useDirectory();

test.each([["old"], [undefined]])(
  "a process killed before any call leaves the directory as before (%s) or the new one, whole, once the next start has completed it",
  (before) => expectWholeAfterKills(directory(), before),
);
