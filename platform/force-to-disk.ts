import { fsync } from "node:fs";
import { promisify } from "node:util";

/** Forces what was written to an open file, or directory, to the disk. @throws system errors */
export const forceToDisk = (descriptor: number): Promise<void> => promisify(fsync)(descriptor);
