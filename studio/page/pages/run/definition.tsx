import type { DefinitionMessage } from "../../../messages.js";
import { Copied, Empty, FailureNotice, Loading } from "../../components/basics.js";
import { useLoaded } from "../../send.js";
import type { ShownRun } from "./shown-run.js";

/** The YAML that the run was started from, with the values of its inputs. */
export function Definition({ head }: ShownRun) {
  const { value, failure } = useLoaded<DefinitionMessage>(`/api/runs/${encodeURIComponent(head.run)}/definition`);
  if (failure) return <FailureNotice failure={failure} />;
  if (value === undefined) return <Loading />;
  const inputs = Object.entries(head.inputs);
  return (
    <>
      {inputs.length > 0 && (
        <dl class="values">
          {inputs.map(([name, input]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="mono text">{JSON.stringify(input)}</dd>
            </div>
          ))}
        </dl>
      )}
      {value.text === undefined ? (
        <Empty title="The store does not have the definition of this run." />
      ) : (
        <section class="panel">
          <div class="panel-heading">
            <h2>{value.file ?? "definition"}</h2>
            <span class="grow" />
            <Copied text={value.text} shown="copy" what="definition" />
          </div>
          <pre class="definition" tabIndex={0}>
            {value.text.split("\n").map((line, i) => (
              <div key={i} class="code-line">
                {line || " "}
              </div>
            ))}
          </pre>
        </section>
      )}
    </>
  );
}
