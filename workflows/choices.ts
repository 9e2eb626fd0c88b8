import {
  ApplicationFailure,
  CancellationScope,
  defineUpdate,
  isCancellation,
  log,
  setHandler,
  sleep,
} from "@temporalio/workflow";
import {
  choiceUpdates,
  choiceWords,
  countChosen,
  unnamed,
  findVote,
  votesByPerson,
  withVotes,
  type GivenChoices,
  type ChoiceRequest,
  type ChoiceRequestState,
  type ChoiceProgress,
  type ChoiceUpdate,
} from "../schemas/choices.js";
import type { ErrorCode } from "../platform/errors.js";
import { isObject, shortJson, shortText } from "../platform/json.js";
import type { StageState } from "../schemas/run.js";
import { expireApproval } from "./approvals.js";
import type { Board } from "./board.js";
import { inChild } from "./failure.js";
import { refuseBeyondRoom } from "./given-limit.js";

/**
 * Requests for people's choices. A stage that requests them has status `waiting` and no attempt
 * running; choices arrive as updates and live in the stage's state. The request is closed by enough
 * choices, its deadline or an update; then the stage is queued again, and its next attempt gets the
 * choices.
 */
export function requestChoices(board: Board, stage: string, request: ChoiceRequest): void {
  const before = board.state(stage).choiceRequest;
  const isSame = before?.pairs.digest === request.pairs.digest;
  if (before && !isSame && countChosen(before) > 0)
    log.warn(
      `stages.${stage} requests choices between other pairs than before: ${countChosen(before)} choices are void`,
    );
  const choiceRequest: ChoiceRequestState = { ...request, choices: isSame ? before.choices : {} };
  if (isSame && before.votes) choiceRequest.votes = before.votes;
  if (isSame && before.insufficient) choiceRequest.insufficient = true;
  if (request.deadlineMs !== undefined) choiceRequest.closesAtMs = Date.now() + request.deadlineMs;
  board.set(stage, { status: "waiting", choiceRequest, failure: undefined, reason: undefined, retries: undefined });
  board.noteAction();
  if (isComplete(choiceRequest) && !choiceRequest.insufficient) close(board, stage, choiceRequest, "target");
}

/** What people chose, once the stage may resume. */
export function givenChoices(board: Board, stage: string): GivenChoices | undefined {
  const { choiceRequest } = board.state(stage);
  if (choiceRequest?.closed === undefined) return undefined;
  const { pairs, choices, votes } = choiceRequest;
  return { pairs, choices, ...(votes && { votes }) };
}

function close(
  board: Board,
  stage: string,
  choiceRequest: ChoiceRequestState,
  closed: NonNullable<ChoiceRequestState["closed"]>,
): void {
  board.set(stage, { status: "queued", choiceRequest: { ...choiceRequest, closed } });
}

const isComplete = (choiceRequest: ChoiceRequestState): boolean => countChosen(choiceRequest) >= choiceRequest.target;

/** Closes requests at their deadlines, with a timer for each waiting stage. */
export class Deadlines {
  readonly #board: Board;
  readonly #timers = new Map<string, CancellationScope>();

  constructor(board: Board) {
    this.#board = board;
  }

  /** Starts and stops timers to match the board. */
  startTimers(): void {
    if (this.#timers.size === 0 && this.#board.count("waiting") === 0) return;
    for (const { id, status, choiceRequest, approval } of this.#board.list()) {
      const due = status === "waiting" ? (choiceRequest ?? approval)?.closesAtMs : undefined;
      if (due === undefined) this.#stop(id);
      else if (!this.#timers.has(id)) this.#start(id, due);
    }
  }

  #start(id: string, dueMs: number): void {
    const scope = new CancellationScope();
    this.#timers.set(id, scope);
    const closing = scope.run(async () => {
      await sleep(Math.max(1, dueMs - Date.now()), { summary: `${id}: deadline` });
      const { status, choiceRequest, approval } = this.#board.state(id);
      if (status === "waiting" && choiceRequest) close(this.#board, id, choiceRequest, "deadline");
      else if (status === "waiting" && approval) expireApproval(this.#board, id, approval);
    });
    closing.catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }

  #stop(id: string): void {
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
  }
}

/** What an update changes, and what it refuses. */
interface Handling {
  change: (board: Board, stage: string, choiceRequest: ChoiceRequestState, choiceUpdate: ChoiceUpdate) => void;
  check: (board: Board | undefined, choiceUpdate: ChoiceUpdate) => void;
  description: string;
}

const handlings: Record<keyof typeof choiceUpdates, Handling> = {
  choose: {
    change: choose,
    check: (board, choiceUpdate) => {
      // A client that did not receive the reply to the last choice, which closed the request, may
      // send it again.
      if (isRepeated(stateIn(board, choiceUpdate)?.choiceRequest, choiceUpdate)) return;
      const choiceRequest = refuseUnlessWaiting(board, choiceUpdate);
      refuseItem(choiceRequest, choiceUpdate);
      refuseChoice(choiceUpdate);
      refusePerson(choiceUpdate);
      refuseOneMore(choiceRequest, choiceUpdate);
      refuseOutdated(choiceRequest, choiceUpdate);
      refuseBeyondRoom(board!, [choiceUpdate.by, choiceUpdate.note, choiceUpdate.choice, choiceUpdate.item]);
    },
    description: `a choice between two responses: {"stage": "…", "item": 1, "choice": "${choiceWords.join('" | "')}", "by": "…"}`,
  },
  withdraw: {
    change: withdraw,
    check: (board, choiceUpdate) => {
      const choiceRequest = refuseUnlessWaiting(board, choiceUpdate);
      refuseItem(choiceRequest, choiceUpdate);
      refusePerson(choiceUpdate);
      refuseOutdated(choiceRequest, choiceUpdate);
    },
    description: 'withdraws a choice: {"stage": "…", "item": 1, "by": "…"}',
  },
  close: {
    change: (board, stage, choiceRequest) => close(board, stage, choiceRequest, "close"),
    check: (board, choiceUpdate) => {
      if (stateIn(board, choiceUpdate)?.choiceRequest?.closed === undefined) refuseUnlessWaiting(board, choiceUpdate);
    },
    description: 'closes the request with the choices made so far: {"stage": "…"}',
  },
};

/**
 * The updates `choose` (sets or replaces a person's choice at an item), `withdraw` (removes it) and
 * `close` (the stage resumes with the choices made so far). Repeating one changes nothing. Each is
 * refused if the stage does not wait for choices (STAGE_NOT_WAITING), if the item (OUT_OF_RANGE) or
 * the choice (NOT_ALLOWED) does not exist, or if the sender shows other pairs or another choice
 * than there are now (ANSWER_OUTDATED).
 * @param board the board, once the plan is loaded
 */
export function listenForChoices(board: () => Board | undefined): void {
  for (const name of Object.values(choiceUpdates)) {
    const { change, check, description } = handlings[name];
    const update = defineUpdate<ChoiceProgress, [ChoiceUpdate]>(name);
    const answer = (choiceUpdate: ChoiceUpdate): ChoiceProgress => {
      const known = board()!;
      const choiceRequest = known.state(choiceUpdate.stage).choiceRequest!;
      if (choiceRequest.closed === undefined) {
        change(known, choiceUpdate.stage, choiceRequest, choiceUpdate);
        known.noteAction();
      }
      return choiceProgress(choiceUpdate.stage, known.state(choiceUpdate.stage).choiceRequest!);
    };
    // People type updates by hand in the UI, so the argument may be missing or have any form.
    const validator = (choiceUpdate: unknown): void => {
      const { stage } = isObject(choiceUpdate) ? choiceUpdate : {};
      check(board(), typeof stage === "string" ? (choiceUpdate as ChoiceUpdate) : { stage: "" });
    };
    setHandler(update, answer, { validator, description });
  }
}

/** The state of the stage that an update names. */
const stateIn = (board: Board | undefined, { stage }: ChoiceUpdate): StageState | undefined =>
  board !== undefined && Object.hasOwn(board.states, stage) ? board.states[stage] : undefined;

function choose(board: Board, stage: string, choiceRequest: ChoiceRequestState, choiceUpdate: ChoiceUpdate): void {
  const { item, choice, by = unnamed, note } = choiceUpdate;
  if (isRepeated(choiceRequest, choiceUpdate)) return;
  const { insufficient: _insufficient, ...before } = choiceRequest;
  const votes = votesByPerson(before);
  const own = Object.hasOwn(votes, by) ? votes[by] : {};
  const vote = { choice: choice!, ...(note !== undefined && note !== "" && { note }) };
  const now = withVotes(before, { ...votes, [by]: { ...own, [item!]: vote } });
  board.set(stage, { choiceRequest: now });
  if (isComplete(now)) close(board, stage, now, "target");
}

function withdraw(
  board: Board,
  stage: string,
  choiceRequest: ChoiceRequestState,
  { item, by = unnamed }: ChoiceUpdate,
): void {
  if (findVote(choiceRequest, by, item!) === undefined) return;
  const votes = votesByPerson(choiceRequest);
  const { [item!]: _vote, ...own } = votes[by]!;
  board.set(stage, { choiceRequest: withVotes(choiceRequest, { ...votes, [by]: own }) });
}

/** Whether the person has already made this choice. */
function isRepeated(
  choiceRequest: ChoiceRequestState | undefined,
  { item = 0, choice, by = unnamed, note }: ChoiceUpdate,
): boolean {
  if (choiceRequest === undefined || choice === undefined || typeof by !== "string") return false;
  const vote = findVote(choiceRequest, by, item);
  return vote?.choice === choice && (note ?? "") === (vote.note ?? "");
}

function choiceProgress(stage: string, choiceRequest: ChoiceRequestState): ChoiceProgress {
  return {
    stage,
    chosen: countChosen(choiceRequest),
    target: choiceRequest.target,
    closed: choiceRequest.closed !== undefined,
  };
}

function refuseUnlessWaiting(board: Board | undefined, choiceUpdate: ChoiceUpdate): ChoiceRequestState {
  const now = stateIn(board, choiceUpdate);
  if (now?.status === "waiting" && now.choiceRequest) return now.choiceRequest;
  const open = board?.with("waiting") ?? [];
  const stage = now
    ? `stages.${now.id} ${inChild(now) ?? `is ${now.status}, not waiting for choices`}`
    : `stages.${shortText(choiceUpdate.stage)} does not exist`;
  throw refusal(
    "STAGE_NOT_WAITING",
    `${choiceUpdate.stage ? stage : "the update names no stage"}; ` +
      (open.length > 0
        ? `waiting for choices: ${open.map(({ id }) => id).join(", ")}`
        : "no stage of this run waits for choices"),
  );
}

function refuseItem({ items }: ChoiceRequestState, { stage, item }: ChoiceUpdate): void {
  if (Number.isInteger(item) && item! >= 1 && item! <= items) return;
  throw refusal("OUT_OF_RANGE", `stages.${stage} has no item ${shortJson(item)}: they are numbered 1 to ${items}`);
}

function refuseChoice({ choice }: ChoiceUpdate): void {
  if (choiceWords.some((word) => word === choice)) return;
  throw refusal("NOT_ALLOWED", `choice must be one of ${choiceWords.join(", ")}, got ${shortJson(choice)}`);
}

/**
 * Maximum number of people who choose in one request; maximum length of a name and of a note,
 * UTF-16 code units.
 */
const maxPeople = 100;
const maxNameLength = 200;
const maxNoteLength = 1000;

function refusePerson({ by, note }: ChoiceUpdate): void {
  if (by !== undefined && (typeof by !== "string" || by.length > maxNameLength))
    throw refusal("WRONG_TYPE", `by must be a name of at most ${maxNameLength} characters`);
  if (note !== undefined && (typeof note !== "string" || note.length > maxNoteLength))
    throw refusal("WRONG_TYPE", `note must be a text of at most ${maxNoteLength} characters`);
}

function refuseOneMore(choiceRequest: ChoiceRequestState, { stage, by }: ChoiceUpdate): void {
  const names = Object.keys(votesByPerson(choiceRequest));
  if (names.length >= maxPeople && !names.includes(by ?? unnamed))
    throw refusal("OUT_OF_RANGE", `${maxPeople} people have chosen at stages.${stage}: there can be no more`);
}

/** A page that was loaded earlier may be out of date. */
function refuseOutdated(choiceRequest: ChoiceRequestState, { stage, item, by, before, pairs }: ChoiceUpdate): void {
  if (pairs !== undefined && pairs !== choiceRequest.pairs.digest)
    throw refusal("ANSWER_OUTDATED", `stages.${stage} now requests choices between other responses`);
  if (before === undefined) return;
  const now = findVote(choiceRequest, by ?? unnamed, item!)?.choice;
  if (now !== (before ?? undefined))
    throw refusal(
      "ANSWER_OUTDATED",
      `${by || "the same person"} has meanwhile ${now === undefined ? "withdrawn the choice" : "chosen"} at item ${item} of stages.${stage}`,
    );
}

const refusal = (code: ErrorCode, message: string) => ApplicationFailure.nonRetryable(message, code);
