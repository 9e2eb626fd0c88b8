// Tests of one shell, whose server and workers take seconds to start. One of them:
// `npm test -- tests/durable/cli/one-server.test.ts -t "a run asks"`.
// First: it lists all runs of the server.
import "./one-server/children.js";
import "./one-server/pause.js";
import "./one-server/interrupt.js";
import "./one-server/live-view.js";
import "./one-server/schedule.js";
import "./one-server/fork.js";
import "./one-server/foreach.js";
import "./one-server/own-stage.js";
import "./one-server/own-stage-tensors.js";
import "./one-server/shipped.js";
import "./one-server/choose.js";
