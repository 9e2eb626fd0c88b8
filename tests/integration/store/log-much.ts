import { appendLog } from "../../../store/history/log.js";

const [home = "", letter = ""] = process.argv.slice(2);
for (let count = 0; count < 200; count++)
  appendLog(home, "run", { time: new Date().toISOString(), stage: "a", attempt: 1, message: letter.repeat(2000) });
