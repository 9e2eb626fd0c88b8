import type { HostTensors } from "../../tensor/program.js";
import type { Architecture } from "../model/architecture.js";
import { Decoder } from "./decoder.js";
import { DecodingSession, type SessionSize } from "./decoding-session.js";
import type { Decoding } from "./generate.js";

/** What decodes for a model: a session, or with sparse attention, whose cache a session does not have yet, a decoder. */
export function decodingOf(a: Architecture, weights: HostTensors, size: SessionSize): Decoding & { dispose(): void } {
  if (a.attention.kind === "sparse") return new Decoder(a, weights, { rows: size.rows, slots: size.tokens });
  return new DecodingSession(a, weights, size);
}
