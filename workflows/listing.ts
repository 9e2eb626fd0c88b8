import { defineSearchAttributeKey } from "@temporalio/common";
import { CancellationScope, log, upsertMemo, upsertSearchAttributes } from "@temporalio/workflow";
import type { RunState, StageState } from "../schemas/run.js";
import type { searchAttributes, WaitsFor } from "../schemas/search-attributes.js";
import { isListed } from "./activities.js";
import { runStatus, type Board } from "./board.js";
import { answerVerb } from "./parent-notifier.js";

type Name = keyof typeof searchAttributes;
const pipelineKey = defineSearchAttributeKey("PawlPipeline" satisfies Name, "KEYWORD");
const statusKey = defineSearchAttributeKey("PawlStatus" satisfies Name, "KEYWORD");
const waitsForKey = defineSearchAttributeKey("PawlWaitsFor" satisfies Name, "KEYWORD_LIST");

/** What a run waits for, by the verb that answers it. */
const answeredBy = { approve: "approval", choose: "choices", retry: "action" } as const;

/**
 * How Temporal's own list shows a run: its memo and, where the server has them, its search
 * attributes.
 */
export class Listing {
  readonly #board: Board;
  readonly #hasAttributes: boolean;
  #published = "";

  private constructor(board: Board, hasAttributes: boolean) {
    this.#board = board;
    this.#hasAttributes = hasAttributes;
  }

  /**
   * Asks whether the server has the search attributes: a server without them would refuse the next
   * step of the run.
   */
  static async of(board: Board): Promise<Listing> {
    const listing = new Listing(board, await hasAttributes());
    listing.update();
    return listing;
  }

  /** Sends what has changed to the server. */
  update(): void {
    this.#tell(runStatus(this.#board), stageWaits(this.#board));
  }

  /** Reports the run's end to the server. */
  end(status: RunState["status"]): void {
    this.#tell(status, []);
  }

  #tell(status: RunState["status"], waits: readonly { stage?: string; waitsFor: WaitsFor }[]): void {
    const waitsFor = [...new Set(waits.map((one) => one.waitsFor))].sort();
    const published = JSON.stringify([status, waits]);
    if (published === this.#published) return;
    this.#published = published;
    const { name: pipeline } = this.#board.plan;
    const listed = waits
      .slice(0, maxShown)
      .map(({ stage, waitsFor: what }) => (stage === undefined ? what : `${stage}: ${what}`));
    upsertMemo({ pipeline, status, waitsFor: listed.length > 0 ? listed : null });
    if (!this.#hasAttributes) return;
    upsertSearchAttributes([
      { key: pipelineKey, value: pipeline },
      { key: statusKey, value: status },
      { key: waitsForKey, value: waitsFor.length > 0 ? waitsFor : null },
    ]);
  }
}

/** Maximum number of waiting stages in the memo: every change writes it into history. */
const maxShown = 20;

async function hasAttributes(): Promise<boolean> {
  try {
    return await CancellationScope.nonCancellable(() => isListed());
  } catch (error) {
    log.warn("it is unknown whether the server has Pawl's search attributes: this run goes without them", { error });
    return false;
  }
}

function stageWaits(board: Board): { stage?: string; waitsFor: WaitsFor }[] {
  if (board.waitsFor() !== undefined) return [{ waitsFor: "place" }];
  const isWaiting = ({ status, child }: StageState): boolean => status !== "failed" || child?.asks !== undefined;
  return board
    .with("parked", "waiting", "failed")
    .filter(isWaiting)
    .map((stage) => ({ stage: stage.id, waitsFor: answeredBy[stage.child?.asks?.verb ?? answerVerb(stage)] }));
}
