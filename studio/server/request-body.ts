import type { Context } from "hono";
import { PawlError } from "../../platform/errors.js";
import { isObject, type JsonObject } from "../../platform/json.js";

/** Characters of a request; an import has all responses of a run. */
const mostCharacters = 64 * 1024 * 1024;

/** The object that a page sends. @throws PawlError WRONG_TYPE, FILE_TOO_LARGE */
export async function bodyOf(c: Context): Promise<JsonObject> {
  const text = await c.req.text();
  if (text.length > mostCharacters)
    throw new PawlError("FILE_TOO_LARGE", `a request may have at most ${mostCharacters} characters`, {
      got: String(text.length),
      next: "use the command line",
    });
  const value = parsed(text);
  if (isObject(value)) return value;
  throw new PawlError("WRONG_TYPE", "the request must be a JSON object", { got: text.slice(0, 100) });
}

function parsed(text: string): unknown {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}
