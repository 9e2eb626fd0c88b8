import { useState } from "preact/hooks";
import type { ListedPipeline } from "../../definition-messages.js";
import { pipelineAddress } from "../address.js";
import { Empty, FailureNotice, Loading } from "../components/basics.js";
import { navigate } from "../router.js";
import { useLoaded } from "../send.js";
import { counted } from "../text.js";

/** The pipelines of the project, then those that Pawl ships. */
export function Pipelines() {
  const { value, failure } = useLoaded<ListedPipeline[]>("/api/pipelines");
  if (failure) return <FailureNotice failure={failure} title="The pipelines cannot be read." />;
  const groups = [
    { title: "Of this project", pipelines: value?.filter(({ isShipped }) => !isShipped) ?? [] },
    { title: "Shipped with Pawl", pipelines: value?.filter(({ isShipped }) => isShipped) ?? [] },
  ];
  return (
    <>
      <div class="heading">
        <h1>Pipelines</h1>
        <span class="muted" role="status">
          {value && counted(value.length, "pipeline")}
        </span>
        <span class="grow" />
        <NewPipeline />
      </div>
      {value === undefined && <Loading lines={8} />}
      {value?.length === 0 && <Empty title="No pipelines." />}
      {groups.map(
        ({ title, pipelines }) =>
          pipelines.length > 0 && (
            <section key={title} class="pipelines">
              <h2>{title}</h2>
              <ul class="plain">
                {pipelines.map((pipeline) => (
                  <PipelineItem key={pipeline.name} pipeline={pipeline} />
                ))}
              </ul>
            </section>
          ),
      )}
    </>
  );
}

function PipelineItem({ pipeline }: { pipeline: ListedPipeline }) {
  const { name, file, description, inputs, stages, problem } = pipeline;
  const types = [...new Set(stages.map(({ uses }) => uses))];
  return (
    <li class="panel pipeline">
      <div class="panel-heading">
        <h3>
          <a href={pipelineAddress(name)}>{name}</a>
        </h3>
        <span class="mono muted">{file}</span>
        <span class="grow" />
        <a class="button" href={pipelineAddress(name)}>
          Open
        </a>
      </div>
      {problem && <FailureNotice failure={problem} />}
      {description !== undefined && <p>{description}</p>}
      {!problem && (
        <p class="muted">
          {counted(stages.length, "stage")}: {types.join(", ")}
          {inputs.length > 0 && <> · inputs: {inputs.join(", ")}</>}
        </p>
      )}
    </li>
  );
}

/** Opens the editor for a name that no pipeline has yet. */
function NewPipeline() {
  const [name, setName] = useState("");
  const isName = /^\w[\w.-]*$/.test(name);
  return (
    <form
      class="field-row"
      onSubmit={(event) => {
        event.preventDefault();
        if (isName) navigate(pipelineAddress(name));
      }}
    >
      <input
        aria-label="Name of a new pipeline"
        placeholder="new-pipeline"
        value={name}
        onInput={({ currentTarget }) => setName(currentTarget.value)}
      />
      <button type="submit" disabled={!isName}>
        New
      </button>
    </form>
  );
}
