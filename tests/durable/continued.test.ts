// Tests of one server and its workers, whose runs continue as new. One of them:
// `npm test -- tests/durable/continued.test.ts -t "a long run"`.
import "./continued/continue-as-new.js";
import "./continued/choices.js";
import "./continued/children.js";
import "./continued/approvals.js";
import "./continued/pause.js";
