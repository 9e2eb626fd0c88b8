/** The exit codes of all commands. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  invalid: 3,
  canceled: 4,
  unreachable: 5,
  alreadyUp: 6,
  interrupted: 130,
} as const;

/** What each code means: docs/reference/commands.md prints it. */
export const exitMeanings: Record<keyof typeof exitCodes, string> = {
  done: "The command succeeded; if it watched a run, the run succeeded as well.",
  failed: "The run failed, the proof found a difference, or the command failed for another reason.",
  usage: "The command was typed wrong: an unknown verb or option, or a missing argument.",
  invalid: "The pipeline or an input is invalid; nothing was started.",
  canceled: "The run that the command watched was canceled.",
  unreachable: "The Temporal server does not answer or does not start.",
  alreadyUp: "`pawl up`: a server of this home directory is already up.",
  interrupted: "Ctrl-C (SIGINT) stopped the watching; the run continues.",
};
