import path from "node:path";
import { LineProcess } from "./line-process.js";
import type { Shape } from "./train-shapes.js";

interface Answer {
  seconds: number[];
  loss: number;
}

/** A process that runs training steps on request. */
export class Contestant {
  readonly #process: LineProcess;

  constructor(shape: Shape, command: string, args: string[]) {
    this.#process = new LineProcess(command, args);
    this.#process.tell(JSON.stringify(shape));
  }

  /**
   * Milliseconds of each of some steps. Throws if the loss is impossible for a fresh model on
   * random tokens.
   */
  async steps(count: number, vocabulary: number): Promise<number[]> {
    const { seconds, loss } = JSON.parse(await this.#process.ask(`run ${count}`)) as Answer;
    if (Math.abs(loss - Math.log(vocabulary)) > 0.5) throw new Error(`loss ${loss}, expected ${Math.log(vocabulary)}`);
    return seconds.map((s) => s * 1000);
  }

  close(): void {
    this.#process.close();
  }
}

/** Our side; `environment` differs from the chosen one only in `bench flags`. */
export function ours(shape: Shape, environment: Record<string, string> = {}): Contestant {
  const script = path.join(import.meta.dirname, "train-process.js");
  return new Contestant(shape, process.execPath, [script, JSON.stringify(environment)]);
}
