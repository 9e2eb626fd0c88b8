import { useFleet } from "./support/fleet.js";
import { expectToDrain, longHistories } from "./support/long-history.js";

const fleet = useFleet({ settings: longHistories });

test("after 8,000 events nothing is started until the run has continued as new", () => expectToDrain(fleet, 8000, 1));
