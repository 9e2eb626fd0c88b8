import type { JSX } from "hono/jsx/jsx-runtime";

/** A page as the text of a file. */
export const htmlText = (page: JSX.Element): string =>
  `<!doctype html>\n${(page as { toString(): string }).toString()}\n`;
