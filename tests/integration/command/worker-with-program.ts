/**
 * Runs a program that never ends, and prints the process ids of the program and of a process that
 * it has started.
 */
import { runProgram } from "../../../activities/command/program.js";

void runProgram(
  {
    argv: ["/bin/sh", "-c", "trap '' TERM HUP INT; echo $$; sleep 100000 & echo $!; while :; do wait; done"],
    workingDirectory: "/",
    environment: { PATH: process.env["PATH"]! },
    onOutput: (bytes) => process.stdout.write(bytes),
    onEvents: () => {},
  },
  new AbortController().signal,
);
