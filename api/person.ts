import { userInfo } from "node:os";

/** Who answers from this process: the name of the operating system's user. */
export const personHere = (): string => userInfo().username;
