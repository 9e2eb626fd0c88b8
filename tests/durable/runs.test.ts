// Tests of one server and its workers, which take seconds to start. One of them:
// `npm test -- tests/durable/runs.test.ts -t "a run gives outputs"`.
// First: it removes what a store has, and counts what it keeps.
import "./runs/gc.js";
import "./runs/failure.js";
import "./runs/finally.js";
import "./runs/matrix.js";
import "./runs/foreach.js";
import "./runs/launch.js";
import "./runs/activity.js";
import "./runs/resent-updates.js";
import "./runs/messages.js";
import "./runs/concurrency.js";
import "./runs/listing.js";
import "./runs/workflow-thread.js";
import "./runs/run.js";
// Last: they start the workers again with other variables.
import "./runs/notify.js";
import "./runs/tracking.js";
