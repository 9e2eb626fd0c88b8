import type { Static, TSchema } from "@sinclair/typebox";
import { Value, type ValueError } from "@sinclair/typebox/value";
import type { Context } from "hono";
import { PawlError } from "../../platform/errors.js";
import { utf8Text } from "../../platform/text/utf8.js";

/**
 * Definitions have at most some hundred thousand characters; what is larger is no request of the
 * page.
 */
const usualBytes = 8 << 20;

/**
 * The body of a request, as JSON of a schema.
 * @param maxBytes of a request that may be larger than usual
 * @throws PawlError FILE_TOO_LARGE, DATA_INVALID if it is not what the page sends
 */
export async function readBody<T extends TSchema>(c: Context, schema: T, maxBytes = usualBytes): Promise<Static<T>> {
  const announced = Number(c.req.header("content-length") ?? 0);
  const bytes = announced > maxBytes ? undefined : Buffer.from(await c.req.arrayBuffer());
  const length = bytes?.length ?? announced;
  if (bytes === undefined || length > maxBytes)
    throw new PawlError("FILE_TOO_LARGE", "the request is too large", {
      where: c.req.path,
      expected: `at most ${maxBytes} bytes`,
      got: `${length} bytes`,
      next: "move data of a definition into files, and import large files with the command line",
    });
  const body = parsed(utf8Text(bytes, c.req.path, "DATA_INVALID"));
  const problem = Value.Errors(schema, body).First();
  if (problem === undefined) return body;
  throw new PawlError("DATA_INVALID", "the request does not have the form that the studio's page sends", {
    where: `${c.req.path}${problem.path}`,
    expected: expectedBy(problem),
    got: JSON.stringify(problem.value ?? null).slice(0, 200),
    next: "load the page again: it may be of an earlier version",
  });
}

/** What a schema expects, in words; of a choice of a few values, the values. */
function expectedBy({ schema, message }: ValueError): string {
  const { anyOf = [] } = schema as { anyOf?: TSchema[] };
  const values = anyOf.flatMap((one) => ("const" in one ? [JSON.stringify(one["const"])] : []));
  return values.length > 0 && values.length === anyOf.length ? `one of ${values.join(", ")}` : message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
