import { isObject, type JsonObject } from "../../platform/json.js";
import type { StageContext } from "../stage.js";

/** Maximum size of an event, bytes. Longer lines are not events. */
const maxEventLength = 1 << 16;
/** Metrics that a result may have: it stands in the run's history. */
export const maxMetrics = 100;
/** Lines that are not events and are shown in the log; all are counted. */
const maxShown = 5;

/**
 * Reads a program's events, one JSON object a line:
 * - `{"event": "progress", "done": 3, "total": 10, "unit": "steps", "metrics": {…}}`, also `phase`
 * - `{"event": "metrics", "metrics": {…}}`: of the result; with `"step": 3`, of that step (`pawl
 *   metrics`)
 * - `{"event": "log", "message": "…"}`
 */
export class EventReader {
  /** Metrics of the result. */
  readonly metrics: Record<string, number> = {};
  /** Lines that are not events. */
  invalid = 0;
  readonly #context: Pick<StageContext, "progress" | "recordMetrics" | "log">;
  readonly #onRequest: ((request: JsonObject) => void) | undefined;
  readonly #source: string;
  readonly #beganAt = performance.now();
  #line = 0;
  #rest: Buffer = Buffer.alloc(0);
  /** The rest of a line that is too long is skipped. */
  #skipping = false;

  /**
   * @param onRequest takes events called `request`, which are Pawl's own: see `module/messages.ts`
   * @param source of the lines, for the log
   */
  constructor(
    context: Pick<StageContext, "progress" | "recordMetrics" | "log">,
    { onRequest, source = "PAWL_EVENTS" }: { onRequest?: (request: JsonObject) => void; source?: string } = {},
  ) {
    this.#context = context;
    this.#onRequest = onRequest;
    this.#source = source;
  }

  read(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf("\n"); end >= 0; end = bytes.indexOf("\n", start)) {
      this.#buffer(bytes.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#buffer(bytes.subarray(start));
  }

  /** The program has ended, so an incomplete line is not an event. */
  end(): void {
    if (this.#rest.length > 0) this.#refuse("it does not end in a line break", this.#rest.toString("utf8"));
  }

  #buffer(bytes: Buffer): void {
    if (this.#skipping) return;
    this.#rest = Buffer.concat([this.#rest, bytes]);
    if (this.#rest.length <= maxEventLength) return;
    this.#refuse(`it has more than ${maxEventLength} bytes`, this.#rest.toString("utf8"));
    this.#skipping = true;
  }

  #endLine(): void {
    const text = this.#rest.toString("utf8");
    this.#rest = Buffer.alloc(0);
    this.#line += 1;
    if (this.#skipping) this.#skipping = false;
    else if (text.trim() !== "") this.#take(text);
  }

  #take(text: string): void {
    let event: unknown;
    try {
      event = JSON.parse(text);
    } catch {
      return this.#refuse("it is not JSON", text);
    }
    const reason = isObject(event) ? this.#reasonAgainst(event) : "it is not an object";
    if (reason !== undefined) this.#refuse(reason, text);
  }

  /** Handles an event. @returns why it is invalid */
  #reasonAgainst(event: JsonObject): string | undefined {
    const { step, metrics = {}, message } = event;
    if (!isMetrics(metrics)) return "metrics must map names to numbers";
    const kind = event["event"];
    if (kind === "progress") return this.#progress(event, metrics);
    if (kind === "metrics" && step === undefined) return this.#result(metrics);
    if (kind === "metrics") {
      if (!isCount(step)) return "step must be a whole number from 0";
      this.#context.recordMetrics(step, metrics);
      return undefined;
    }
    if (kind === "request" && this.#onRequest) {
      this.#onRequest(event);
      return undefined;
    }
    if (kind !== "log") return "event must be progress, metrics or log";
    if (typeof message !== "string") return "message must be text";
    this.#context.log(message, isObject(event["data"]) ? event["data"] : undefined);
    return undefined;
  }

  #result(metrics: Record<string, number>): string | undefined {
    if (Object.keys({ ...this.metrics, ...metrics }).length > maxMetrics)
      return `a result has at most ${maxMetrics} metrics`;
    Object.assign(this.metrics, metrics);
    return undefined;
  }

  #progress(event: JsonObject, metrics: Record<string, number>): string | undefined {
    const { done, total, unit = "steps", phase = "work" } = event;
    if (!isCount(done) || !isCount(total)) return "done and total must be whole numbers from 0";
    if (typeof unit !== "string" || typeof phase !== "string") return "unit and phase must be text";
    const seconds = (performance.now() - this.#beganAt) / 1000;
    const eta = done > 0 ? { etaSeconds: (seconds / done) * Math.max(0, total - done) } : {};
    this.#context.progress({ phase: phase.slice(0, 60), done, total, unit: unit.slice(0, 20), ...eta, metrics });
    return undefined;
  }

  #refuse(reason: string, text: string): void {
    this.invalid += 1;
    if (this.invalid > maxShown) return;
    this.#context.log(`line ${this.#line} of ${this.#source} is not an event: ${reason}`, { got: text.slice(0, 200) });
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether a value maps names to numbers. */
export function isMetrics(value: unknown): value is Record<string, number> {
  return (
    isObject(value) &&
    Object.entries(value).every(([name, one]) => /^[A-Za-z][\w./-]{0,63}$/.test(name) && Number.isFinite(one))
  );
}
