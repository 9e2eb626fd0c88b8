// A supervisor in a process of its own, so that a test can kill it. Its options are the argument,
// in JSON.
import { superviseWorkers } from "../../../dist/worker/supervision/supervisor.js";

const supervisor = await superviseWorkers(JSON.parse(process.argv[2]));
await supervisor.ready;
process.send(supervisor.processes());
