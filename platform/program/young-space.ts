import { setFlagsFromString } from "node:v8";

/**
 * Keeps V8 from growing the space of young objects, which it does while a program loads: what is
 * loaded stays, and the space would keep its 16 or 32 MB. A process that is about to work lets it
 * grow again.
 */
export function holdYoungSpace(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** V8's default. */
export function letYoungSpaceGrow(): void {
  setFlagsFromString("--semi-space-growth-factor=2");
}
