import { userInfo } from "node:os";

/** Longest name of somebody who answers, UTF-16 code units. */
export const longestName = 200;

/** Who answers from this process: the name of the operating system's user. */
export const personHere = (): string => userInfo().username;
