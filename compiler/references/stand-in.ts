import type { ArtifactKind } from "../../schemas/artifact.js";
import type { SecretPlace } from "../../schemas/secrets.js";
import type { Path } from "../schema/schema.js";

/** What replaces a string with expressions while the definition is checked. */
export interface StandIn {
  path: Path;
  /** The string itself. */
  text: string;
  /**
   * known: its value, from inputs. artifact, number: of that type, value not known. artifacts,
   * numbers: lists of these, one for each combination of a matrix. text: text, not known which.
   * unknown: neither type nor value.
   */
  kind: "known" | "artifact" | "artifacts" | "number" | "numbers" | "text" | "unknown";
  /** Kind and origin of an artifact, or of those of a list: an output of a stage. */
  artifact?: { kind: ArtifactKind; reference: string; stage: string; output: string };
  /** Where secrets belong in a value that is otherwise known. */
  secrets?: readonly SecretPlace[];
}
