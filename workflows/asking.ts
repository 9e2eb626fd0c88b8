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
  chosenOf,
  type Answers,
  type Ask,
  type Asking,
  type AskProgress,
  type ChoiceUpdate,
} from "../schemas/ask.js";
import type { ErrorCode } from "../platform/errors.js";
import type { Board } from "./board.js";

/**
 * Questions to people. A stage that asks has status `asking` and no attempt under way; choices arrive as updates and
 * live in the stage's state. It is closed by enough choices, its deadline or an update; then it waits to be started
 * again, with the choices as answers.
 */
export function beginAsking(board: Board, stage: string, ask: Ask): void {
  const before = board.state(stage).asking;
  const kept = before?.pairs.digest === ask.pairs.digest ? before.choices : {};
  if (before && before.pairs.digest !== ask.pairs.digest && chosenOf(before) > 0)
    log.warn(`stages.${stage} asks about other pairs than before: ${chosenOf(before)} choices are void`);
  const asking: Asking = { ...ask, choices: kept };
  if (ask.deadlineMs !== undefined) asking.closesAtMs = Date.now() + ask.deadlineMs;
  board.set(stage, { status: "asking", asking, failure: undefined, reason: undefined, retries: undefined });
  closeIfEnough(board, stage, asking);
}

/** What people chose, once the stage may go on. */
export function answersOf(board: Board, stage: string): Answers | undefined {
  const { asking } = board.state(stage);
  return asking?.closed && { pairs: asking.pairs, choices: asking.choices };
}

function close(board: Board, stage: string, asking: Asking, closed: NonNullable<Asking["closed"]>): void {
  board.set(stage, { status: "waiting", asking: { ...asking, closed } });
}

function closeIfEnough(board: Board, stage: string, asking: Asking): void {
  if (chosenOf(asking) >= asking.target) close(board, stage, asking, "target");
}

/** Closes questions at their deadlines: a timer for each, until the stage asks no more. */
export class Deadlines {
  readonly #board: Board;
  readonly #timers = new Map<string, CancellationScope>();

  constructor(board: Board) {
    this.#board = board;
  }

  /** Starts and stops timers as the board stands now. */
  keep(): void {
    for (const { id, status, asking } of this.#board.list()) {
      const due = status === "asking" ? asking?.closesAtMs : undefined;
      if (due === undefined) this.#stop(id);
      else if (!this.#timers.has(id)) this.#start(id, due);
    }
  }

  #start(id: string, dueMs: number): void {
    const scope = new CancellationScope();
    this.#timers.set(id, scope);
    const closing = scope.run(async () => {
      await sleep(Math.max(1, dueMs - Date.now()), { summary: `${id}: deadline for choices` });
      const { status, asking } = this.#board.state(id);
      if (status === "asking" && asking) close(this.#board, id, asking, "deadline");
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
  change: (board: Board, stage: string, asking: Asking, asked: ChoiceUpdate) => void;
  check: (board: Board | undefined, asked: ChoiceUpdate) => void;
  description: string;
}

const handlings: Record<keyof typeof choiceUpdates, Handling> = {
  choose: {
    change: choose,
    check: (board, asked) => {
      // Whoever did not hear that the last choice closed the question may send it again.
      if (asked.choice !== undefined && board?.states[asked.stage]?.asking?.choices[asked.item ?? 0] === asked.choice)
        return;
      refuseItem(refuseUnlessAsking(board, asked), asked);
      refuseChoice(asked);
    },
    description: `a choice between two responses: {"stage": "…", "item": 1, "choice": "${choiceWords.join('" | "')}"}`,
  },
  withdraw: {
    change: withdraw,
    check: (board, asked) => refuseItem(refuseUnlessAsking(board, asked), asked),
    description: 'takes a choice back: {"stage": "…", "item": 1}',
  },
  close: {
    change: (board, stage, asking) => close(board, stage, asking, "close"),
    check: (board, asked) => {
      if (board?.states[asked.stage]?.asking?.closed === undefined) refuseUnlessAsking(board, asked);
    },
    description: 'goes on with the choices that there are: {"stage": "…"}',
  },
};

/**
 * The updates `choose` (an item's choice, in place of an earlier one), `withdraw` (takes it back) and `close` (the stage
 * goes on with what there is). Repeating one changes nothing. Each is refused unless the stage asks (STAGE_NOT_ASKING),
 * and for an item (OUT_OF_RANGE) or a choice (NOT_ALLOWED) that there is not.
 * @param board the board, once the plan is loaded
 */
export function listenForChoices(board: () => Board | undefined): void {
  for (const name of Object.values(choiceUpdates)) {
    const { change, check, description } = handlings[name];
    const update = defineUpdate<AskProgress, [ChoiceUpdate]>(name);
    const answer = (asked: ChoiceUpdate): AskProgress => {
      const known = board()!;
      const asking = known.state(asked.stage).asking!;
      if (asking.closed === undefined) change(known, asked.stage, asking, asked);
      return progressOf(asked.stage, known.state(asked.stage).asking!);
    };
    // Updates are typed by hand in the UI: the argument may be missing.
    const validator = (asked?: ChoiceUpdate): void => check(board(), asked ?? { stage: "" });
    setHandler(update, answer, { validator, description });
  }
}

function choose(board: Board, stage: string, asking: Asking, { item, choice }: ChoiceUpdate): void {
  if (asking.choices[item!] === choice) return;
  const now = { ...asking, choices: { ...asking.choices, [item!]: choice! } };
  board.set(stage, { asking: now });
  closeIfEnough(board, stage, now);
}

function withdraw(board: Board, stage: string, asking: Asking, { item }: ChoiceUpdate): void {
  const { [item!]: before, ...choices } = asking.choices;
  if (before !== undefined) board.set(stage, { asking: { ...asking, choices } });
}

function progressOf(stage: string, asking: Asking): AskProgress {
  return { stage, chosen: chosenOf(asking), target: asking.target, closed: asking.closed !== undefined };
}

function refuseUnlessAsking(board: Board | undefined, asked: ChoiceUpdate): Asking {
  const now = board?.states[asked.stage];
  if (now?.status === "asking" && now.asking) return now.asking;
  const open = board?.list().filter(({ status }) => status === "asking") ?? [];
  const stage = now ? `stages.${now.id} is ${now.status}, not asking` : "there is no such stage";
  throw refusal(
    "STAGE_NOT_ASKING",
    `${asked.stage ? stage : "the answer names no stage"}; ` +
      (open.length > 0 ? `asking now: ${open.map(({ id }) => id).join(", ")}` : "no stage of this run asks now"),
  );
}

function refuseItem({ items }: Asking, { stage, item }: ChoiceUpdate): void {
  if (Number.isInteger(item) && item! >= 1 && item! <= items) return;
  throw refusal("OUT_OF_RANGE", `stages.${stage} has no item ${JSON.stringify(item)}: they are numbered 1 to ${items}`);
}

function refuseChoice({ choice }: ChoiceUpdate): void {
  if (choiceWords.some((word) => word === choice)) return;
  throw refusal("NOT_ALLOWED", `choice must be one of ${choiceWords.join(", ")}, got ${JSON.stringify(choice)}`);
}

const refusal = (code: ErrorCode, message: string) => ApplicationFailure.nonRetryable(message, code);
