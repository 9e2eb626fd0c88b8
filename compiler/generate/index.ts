import { editorSchema } from "./editor-schema.js";
import { defaultsDocument } from "./defaults-record.js";
import { environmentDocument } from "./environment-reference.js";
import { errorsDocument } from "./errors-reference.js";
import { referenceDocument, stagesDocument } from "./reference.js";
import { metaSchemaSource, runRequestSource, validatorsSource } from "./validators.js";

/** The modules that the compiler imports, ignored by git: path below the repository -> content. */
export function generatedModules(): Record<string, string> {
  return {
    "compiler/generated/validators.ts": validatorsSource(),
    "compiler/generated/meta-schema.ts": metaSchemaSource(),
    "compiler/generated/run-request.ts": runRequestSource(),
  };
}

/**
 * The committed files that are generated from the schemas: path below the repository -> content. A
 * test compares them.
 * @param read the text of a file of the repository
 */
export function generatedDocuments(read: (path: string) => string): Record<string, string> {
  return {
    "schemas/pipeline.schema.json": `${JSON.stringify(editorSchema(), null, 2)}\n`,
    "docs/reference/environment.md": environmentDocument(),
    "docs/reference/errors.md": errorsDocument(),
    "docs/reference/language.md": referenceDocument(read("docs/reference/language.md")),
    "docs/reference/stages.md": stagesDocument(),
    "schemas/stages/defaults.json": defaultsDocument(read("schemas/stages/defaults.json")),
  };
}
