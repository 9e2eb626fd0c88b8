import { countChosen, type ChoiceRequestState } from "../schemas/choices.js";
import { combinationText } from "../schemas/matrix.js";
import { statusSigns, type StageState } from "../schemas/run.js";
import type { Board } from "./board.js";
import { runStatus } from "./board.js";

/**
 * The run as the Temporal UI shows it (Markdown): its status, what waits for an action, and every
 * stage.
 */
export function summary(board: Board, runId: string): string {
  const count = board.stages.length;
  const succeeded = board.count("succeeded", "cached");
  const parked = board.with("parked").filter(({ child }) => child?.asks === undefined);
  return [
    `**${board.plan.name}**: ${runStatus(board)}, ${succeeded} of ${count} stages succeeded; in the studio: \`pawl open ${runId} --studio\``,
    ...queueText(board),
    ...pauseText(board, runId),
    ...parked.map(askForAnswer),
    ...board.with("parked", "waiting", "failed").flatMap((stage) => askPeople(stage, runId)),
    ...(board.undelivered > 0 ? [`⚠ not delivered: ${counted(board.undelivered)}`] : []),
    "| | stage | uses | status | attempts | |",
    "|-|-|-|-|-|-|",
    ...listedStages(board).map(row),
    ...(count > maxRows ? [`\n${count} stages: \`pawl status ${runId}\` shows all of them.`] : []),
  ].join("\n");
}

function queueText({ waitsFor }: Board): string[] {
  const queue = waitsFor();
  return queue === undefined
    ? []
    : [`waiting for a place in the group ${queue.group}, behind ${queue.behind.join(", ")}`];
}

function pauseText(board: Board, runId: string): string[] {
  if (!board.isPaused()) return [];
  const { pausedBy } = board.pauseState();
  const command = `\`pawl unpause ${pausedBy ?? runId}\``;
  if (pausedBy !== undefined) return [`### ⏸ the run is paused with ${pausedBy}\n\nRun ${command}.`];
  return [`### ⏸ the run is paused\n\nRun ${command}, or send the update \`unpause\`.`];
}

const counted = (notifications: number): string => `${notifications} notification${notifications === 1 ? "" : "s"}`;

/**
 * Maximum number of rows; in a run with more stages, those are left out that are queued or have
 * ended well.
 */
const maxRows = 100;

function listedStages(board: Board): readonly StageState[] {
  if (board.stages.length <= maxRows) return board.list();
  return board.with("running", "backingOff", "parked", "waiting", "failed", "cancelled").slice(0, maxRows);
}

function askForAnswer({ id, failure }: StageState): string {
  const argument = `{"stage": "${id}"}`;
  return [
    `### ⏸ ${id} is parked`,
    ...(failure
      ? [`${failure.code}: ${failure.message}`, ...(failure.facts.next ? [`next: ${failure.facts.next}`] : [])]
      : []),
    `Send the update \`retry\` (\`{"stage": "${id}", "with": {…}}\` changes its settings), \`skip\` or \`abort\` (\`${argument}\`).`,
  ].join("\n\n");
}

function askPeople({ id, status, choiceRequest, approval, child }: StageState, runId: string): string[] {
  if (child?.asks !== undefined) {
    const { verb, run, stage } = child.asks;
    return [
      `### ${statusSigns.waiting} ${id}: ${stage} of its run ${run} is ${child.asks.status}\n\nRun \`pawl ${verb} ${run}\`.`,
    ];
  }
  if (status === "waiting" && approval !== undefined)
    return [
      `### ${statusSigns.waiting} ${id} waits for an approval\n\n${approval.message}\n\nRun \`pawl approve ${runId}\`, or send the update ` +
        `\`approve\` (\`{"stage": "${id}", "approved": true, "by": "…"}\`).`,
    ];
  if (status !== "waiting" || !choiceRequest) return [];
  return [
    `### ${statusSigns.waiting} ${id} requests choices: ${progress(choiceRequest)}\n\n` +
      `Run \`pawl choose ${runId}\`, which shows them, or send the update \`choose\` ` +
      `(\`{"stage": "${id}", "item": 1, "choice": "first"}\`); \`withdraw\` withdraws a choice, \`close\` resumes the stage with the choices made so far.`,
  ];
}

const progress = (choiceRequest: ChoiceRequestState): string =>
  `${countChosen(choiceRequest)} of ${choiceRequest.target}`;

function row(stage: StageState): string {
  const { id, uses, combination, status, attempts } = stage;
  const name = combination === undefined ? id : `${id} (${combinationText(combination).replaceAll("|", "\\|")})`;
  const cell = note(stage).split("\n", 1)[0]!.replaceAll("|", "\\|");
  return `| ${statusSigns[status]} | ${name} | ${uses} | ${status} | ${attempts} | ${cell} |`;
}

function note({ status, failure, reason, choiceRequest, child, calls }: StageState): string {
  if (child?.execution !== undefined) return `run ${child.run}`;
  if (calls !== undefined) return `activity ${calls.activity} on task queue ${calls.taskQueue}`;
  if (status === "parked") return failure?.code ?? "";
  if (status === "waiting" && choiceRequest) return progress(choiceRequest);
  return reason ?? failure?.message ?? "";
}
