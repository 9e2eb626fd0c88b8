import { useState } from "preact/hooks";
import type { PipelineMessage, SaveRequest } from "../../definition-messages.js";
import { FailureNotice, Loading } from "../components/basics.js";
import { DefinitionEditor } from "../editor/definition-editor.js";
import { send, useLoaded } from "../send.js";

/** The text of a new pipeline. */
const newDefinition = (name: string): string => `name: ${name}
stages:
  text:
    uses: dataset
    with: { source: { text: "one\\ntwo\\n" }, unit: line }
`;

/** The editor of a pipeline. */
export function PipelinePage({ params }: { params: Record<string, string> }) {
  const name = params["name"]!;
  const address = `/api/pipelines/${encodeURIComponent(name)}`;
  const { value, failure } = useLoaded<PipelineMessage>(address);
  if (failure?.code === "PIPELINE_NOT_FOUND" && /^\w[\w.-]*$/.test(name))
    return <Opened key={name} name={name} address={address} />;
  if (failure)
    return (
      <>
        <FailureNotice failure={failure} title="This pipeline cannot be opened." />
        <p>
          <a href="/pipelines">All pipelines</a>
        </p>
      </>
    );
  return value === undefined ? <Loading lines={12} /> : <Opened key={name} {...{ name, address }} found={value} />;
}

/** @param found absent: there is no such file yet */
function Opened({ name, address, found }: { name: string; address: string; found?: PipelineMessage }) {
  const [saved, setSaved] = useState(found);
  const file = saved?.file ?? `pipelines/${name}.yaml`;
  const save = async (text: string): Promise<void> => {
    const before = saved === undefined || saved.isShipped ? null : saved.digest;
    setSaved(await send<PipelineMessage>(address, { text, before } satisfies SaveRequest));
  };
  return (
    <DefinitionEditor
      draft={`pipeline ${name}`}
      file={file}
      text={saved?.text ?? ""}
      beginning={saved?.text ?? newDefinition(name)}
      save={save}
      heading={
        <>
          <h1>{name}</h1>
          <span class="mono muted">{file}</span>
          {saved?.isShipped && <span class="muted">shipped with Pawl; a save makes the project's own copy</span>}
        </>
      }
    />
  );
}
