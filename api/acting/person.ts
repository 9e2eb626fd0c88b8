import { userInfo } from "node:os";

/** Maximum length of a person's name, UTF-16 code units. */
export const maxNameLength = 200;

/** The person who uses this process: the operating system's user name. */
export const localPerson = (): string => userInfo().username;
