import { editorSchema } from "./editor-schema.js";
import { referenceDocument } from "./reference.js";
import { stageTableSource } from "./stage-table.js";
import { metaSchemaSource, validatorsSource } from "./validators.js";

/**
 * Everything that is written from the schemas: path below the repository -> content. A test holds the files to it.
 * @param read the text of a file of the repository
 */
export function generatedFiles(read: (path: string) => string): Record<string, string> {
  return {
    "schemas/pipeline.schema.json": `${JSON.stringify(editorSchema(), null, 2)}\n`,
    "compiler/generated/stage-table.ts": stageTableSource(),
    "compiler/generated/validators.ts": validatorsSource(),
    "compiler/generated/meta-schema.ts": metaSchemaSource(),
    "docs/language.md": referenceDocument(read("docs/language.md")),
  };
}
