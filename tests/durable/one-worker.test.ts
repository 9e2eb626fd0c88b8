// Tests of one server with one worker process, which take seconds to start. One of them:
// `npm test -- tests/durable/one-worker.test.ts -t "SIGTERM"`.
import "./one-worker/authority.js";
import "./one-worker/compute.js";
// Last: it ends without workers.
import "./one-worker/crash.js";
