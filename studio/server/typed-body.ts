import type { Static, TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { Context } from "hono";
import { PawlError } from "../../platform/errors.js";

/** Definitions have at most some hundred thousand characters; what is larger is no request of the page. */
const longestBytes = 8 << 20;

/** The body of a request. @throws PawlError FILE_TOO_LARGE, DATA_INVALID if it is not what the page sends */
export async function typedBody<T extends TSchema>(c: Context, schema: T): Promise<Static<T>> {
  const length = Number(c.req.header("content-length") ?? 0);
  const text = length > longestBytes ? undefined : await c.req.text();
  if (text === undefined || text.length > longestBytes)
    throw new PawlError("FILE_TOO_LARGE", "the request is too large", {
      expected: `at most ${longestBytes} bytes`,
      got: `${Math.max(length, text?.length ?? 0)} bytes`,
      next: "move data into files, and name them in the definition",
    });
  const body = parsed(text);
  const problem = Value.Errors(schema, body).First();
  if (problem === undefined) return body;
  throw new PawlError("DATA_INVALID", "the request does not have the form that the studio's page sends", {
    where: `${c.req.path}${problem.path}`,
    expected: problem.message,
    got: JSON.stringify(problem.value ?? null).slice(0, 200),
    next: "load the page again: it may be of an earlier version",
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
