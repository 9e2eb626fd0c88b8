import { jsonBytes } from "../platform/json.js";
import type { GroupAnswer, GroupMember, GroupState } from "../schemas/concurrency.js";

/** An action of a group: tell a run about its place, or cancel the run. */
export type GroupAct =
  | { member: GroupMember; act: "tell"; answer: GroupAnswer }
  | { member: GroupMember; act: "cancel" };

/** Maximum number of runs that an answer names. */
const maxNamed = 5;

/**
 * Largest list of a group's runs, bytes of JSON: some 6,000 runs. The server refuses a state over 2
 * MiB.
 */
const largestGroup = 1024 * 1024;

/** Maximum number of waiting runs that are notified when they move up. */
const maxMoved = 20;

/** The runs of a concurrency group: which have a place and which wait for one. Pure. */
export class Group {
  #holders: GroupMember[];
  #waiting: GroupMember[];

  constructor({ holders, waiting }: Pick<GroupState, "holders" | "waiting">) {
    this.#holders = [...holders];
    this.#waiting = [...waiting];
  }

  state(): Pick<GroupState, "holders" | "waiting"> {
    return { holders: this.#holders, waiting: this.#waiting };
  }

  members(): GroupMember[] {
    return [...this.#holders, ...this.#waiting];
  }

  /** Whether a run would find no place now. */
  isFullFor({ limit }: GroupMember): boolean {
    return this.members().length >= limit;
  }

  hasQueue(): boolean {
    return this.#waiting.length > 0;
  }

  /** A run asks for a place; a request that was repeated gets the same answer. */
  join(member: GroupMember): GroupAct[] {
    const known = this.members().find((one) => isSame(one, member));
    if (known === undefined && this.#refuses(member)) return [this.#tell(member, "refused", this.members())];
    if (known === undefined) this.#enter(member);
    const replaced = known === undefined && member.onLimit === "cancel" ? this.#replaced(member) : [];
    const granted = this.#grant();
    if (this.#holders.some((one) => isSame(one, member)))
      return granted.length > 0 ? granted : [this.#tell(member, "granted", [])];
    return [...replaced, ...granted, this.#wait(member)];
  }

  /** Whether a run gets no place, and cannot wait for one. */
  #refuses(member: GroupMember): boolean {
    if (member.onLimit === "fail" && this.isFullFor(member)) return true;
    return jsonBytes([...this.members(), member]) > largestGroup;
  }

  #enter(member: GroupMember): void {
    const later = this.#waiting.findIndex(({ startedAtMs }) => startedAtMs > member.startedAtMs);
    this.#waiting.splice(later === -1 ? this.#waiting.length : later, 0, member);
  }

  /** Removes a run that has ended, and lets the next ones move up. */
  leave(member: MemberId): GroupAct[] {
    if (!this.members().some((one) => isSame(one, member))) return [];
    this.#holders = this.#holders.filter((one) => !isSame(one, member));
    this.#waiting = this.#waiting.filter((one) => !isSame(one, member));
    const granted = this.#grant();
    return [...granted, ...this.#waiting.slice(0, maxMoved).map((one) => this.#wait(one))];
  }

  /** Gives free places to those who wait, in their order. */
  #grant(): GroupAct[] {
    const acts: GroupAct[] = [];
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#holders.length >= next.limit) break;
      this.#holders.push(next);
      this.#waiting.shift();
      acts.push(this.#tell(next, "granted", []));
    }
    return acts;
  }

  /** Returns the oldest runs that must be canceled to make room for a new one. */
  #replaced({ limit }: GroupMember): GroupAct[] {
    const members = this.members();
    // Some are being canceled already, which has no further effect.
    return members.slice(0, Math.max(0, members.length - limit)).map((member) => ({ member, act: "cancel" }));
  }

  #wait(member: GroupMember): GroupAct {
    const place = this.members().findIndex((one) => isSame(one, member));
    return this.#tell(member, "waiting", this.members().slice(0, place));
  }

  #tell(member: GroupMember, place: GroupAnswer["place"], before: readonly GroupMember[]): GroupAct {
    const behind = before.slice(0, maxNamed).map(({ runId }) => runId);
    return { member, act: "tell", answer: { place, behind } };
  }
}

type MemberId = Pick<GroupMember, "runId" | "execution">;

const isSame = (one: MemberId, other: MemberId): boolean =>
  one.runId === other.runId && one.execution === other.execution;
