import { sha256Bytes } from "../../../platform/digests.js";
import { serializeRow, type DatasetRow } from "../../../formats/dataset.js";

/**
 * A row's place, from its content alone: equal rows have equal places, whoever reads them. All rows
 * with one question are on one side, whatever their answers: a model that has learned one answer is
 * not measured on another.
 */
export interface RowPlace {
  /** Uniform in [0, 1): below the held-out share, the row is held out. */
  side: number;
  /** 64 bits that do not depend on `side`: the order in which `limit` takes rows. */
  order: bigint;
}

/**
 * @param split names a separate split, for rows that an earlier one has kept: the same numbers
 *   would hold out hardly any
 */
export function splitPosition(row: DatasetRow, split = ""): RowPlace {
  const hash = sha256Bytes(serializeRow(row));
  const question = rowQuestion(row);
  const ofSide = question === undefined ? hash : sha256Bytes(split + question);
  return { side: ofSide.readUIntBE(0, 6) / 2 ** 48, order: hash.readBigUInt64BE(8) };
}

function rowQuestion(row: DatasetRow): string | undefined {
  if ("prompt" in row) return row.prompt;
  return "instruction" in row ? row.instruction : undefined;
}

/** Rows below the order number `last` are taken, and the first `ofLast` rows that have it. */
export interface Cut {
  last: bigint;
  ofLast: number;
}
export const everything: Cut = { last: 2n ** 64n, ofLast: 0 };

/**
 * Remembers the order numbers of rows (8 bytes each), to find the limit and to count equal rows.
 */
export class RowOrders {
  private orders = new BigUint64Array(1024);
  private length = 0;

  add(order: bigint): void {
    if (this.length === this.orders.length) {
      const larger = new BigUint64Array(this.length * 2);
      larger.set(this.orders);
      this.orders = larger;
    }
    this.orders[this.length++] = order;
  }

  /** Finds the rows that a limit takes. */
  cut(limit: number): Cut {
    if (limit >= this.length) return everything;
    const sorted = this.sorted();
    const last = sorted[limit - 1]!;
    return { last, ofLast: limit - sorted.indexOf(last) };
  }

  /** Counts rows that equal an earlier one. */
  duplicates(): number {
    const sorted = this.sorted();
    let count = 0;
    for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) count += 1;
    return count;
  }

  private sorted(): BigUint64Array {
    return this.orders.slice(0, this.length).sort();
  }
}
