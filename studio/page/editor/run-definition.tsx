import type { ComponentChildren } from "preact";
import type { DefinitionMessage, RunHead } from "../../messages.js";
import { Empty, FailureNotice, Loading } from "../components/basics.js";
import { usePlace } from "../router.js";
import { useLoaded } from "../send.js";
import { DefinitionEditor } from "./definition-editor.js";

/** The definition of a run, to be forked with an edit. */
export function RunDefinition({ head, heading }: { head: RunHead; heading: ComponentChildren }) {
  const { query } = usePlace();
  const { value, failure } = useLoaded<DefinitionMessage>(`/api/runs/${encodeURIComponent(head.run)}/definition`);
  if (failure) return <FailureNotice failure={failure} />;
  if (value === undefined) return <Loading lines={12} />;
  if (value.text === undefined) return <Empty title="The store does not have the definition of this run." />;
  const from = query.get("from");
  return (
    <DefinitionEditor
      draft={`run ${head.run}`}
      file={value.file ?? "definition"}
      text={value.text}
      fork={{ run: head.run, inputs: head.inputs, ...(from !== null && { from }) }}
      heading={heading}
    />
  );
}
