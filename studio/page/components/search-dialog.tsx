import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { ListedPipeline } from "../../definition-messages.js";
import type { Board, RunMessage } from "../../messages.js";
import { matchPath, pipelineAddress, runAddress, runTabs, stageAddress, tabName } from "../address.js";
import { navigate } from "../router.js";
import { menu } from "../routes.js";
import { kinds, search, type Target, type TargetGroup } from "../search.js";
import { useLoaded } from "../send.js";
import { counted } from "../text.js";
import { FailureNotice } from "./basics.js";

/**
 * One field that finds runs, stages of the run that is open, pipelines and views: a combobox whose
 * list is always open, as the ARIA Authoring Practices Guide describes it. The focus stays in the
 * field; the arrows move within the list.
 */
export function SearchDialog({ path, onClose }: { path: string; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const { targets, problem } = useTargets(path);
  useEffect(() => dialog.current?.showModal(), []);
  const groups = search(targets, query);
  const found = groups.flatMap((group) => group.targets);
  const active = Math.min(at, found.length - 1);
  const optionId = (index: number): string => `${id}-${index}`;
  useEffect(() => document.getElementById(optionId(active))?.scrollIntoView({ block: "nearest" }), [active, query]);
  const open = (target: Target | undefined): void => {
    if (target === undefined) return;
    navigate(target.href);
    dialog.current?.close();
  };
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    if (event.key === "Enter") open(found[active]);
    else if (step !== undefined) setAt((active + step + found.length) % Math.max(1, found.length));
    else return;
    event.preventDefault();
  };
  return (
    <dialog ref={dialog} class="dialog search" aria-label="Search" onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-label="Search runs, stages, pipelines and views"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? optionId(active) : undefined}
        placeholder="Search runs, stages, pipelines, views"
        autocomplete="off"
        spellcheck={false}
        value={query}
        onInput={({ currentTarget }) => {
          setQuery(currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      {problem && <FailureNotice failure={problem} title="Not everything can be searched." />}
      <p class="muted" role="status">
        {found.length === 0 ? "Nothing is found." : counted(found.length, "result")}
      </p>
      <Results {...{ id, groups, found, active }} onOpen={() => dialog.current?.close()} />
    </dialog>
  );
}

interface ResultsProps {
  /** What the ids of its elements begin with. */
  id: string;
  groups: readonly TargetGroup[];
  /** The targets of all groups. */
  found: readonly Target[];
  active: number;
  onOpen: () => void;
}

const Results = ({ id, groups, found, active, onOpen }: ResultsProps) => (
  <div id={`${id}-list`} role="listbox" aria-label="Results" class="search-results" hidden={found.length === 0}>
    {groups.map(({ kind, targets: own }) => (
      <div key={kind} role="group" aria-label={kinds[kind]}>
        <h3 aria-hidden="true">{kinds[kind]}</h3>
        {own.map((target) => {
          const index = found.indexOf(target);
          return (
            <a
              key={target.href}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              tabIndex={-1}
              href={target.href}
              onClick={onOpen}
            >
              {target.name} <span class="muted">{target.about}</span>
            </a>
          );
        })}
      </div>
    ))}
  </div>
);

const target = (kind: Target["kind"], name: string, about = "", href: string): Target => ({ kind, name, about, href });

/** All that can be opened from here: the newest runs first. */
function useTargets(path: string) {
  const run = matchPath("/runs/:run", path)?.["run"] ?? matchPath("/runs/:run/:tab", path)?.["run"];
  const board = useLoaded<Board>("/api/runs");
  const pipelines = useLoaded<ListedPipeline[]>("/api/pipelines");
  const opened = useLoaded<RunMessage>(run === undefined ? undefined : `/api/runs/${encodeURIComponent(run)}`);
  const targets: Target[] = [
    ...(opened.value?.stages ?? []).map(({ id, type }) => target("stage", id, type, stageAddress(run!, id))),
    ...(board.value?.runs ?? []).map(({ run: name, pipeline }) => target("run", name, pipeline, runAddress(name))),
    ...(pipelines.value ?? []).map(({ name, description }) =>
      target("pipeline", name, description, pipelineAddress(name)),
    ),
    ...(run === undefined ? [] : runTabs).map((tab) => target("view", tabName(tab), run, runAddress(run!, tab))),
    ...menu.map(({ name, href }) => target("view", name, "", href)),
  ];
  const problem = board.failure ?? pipelines.failure ?? opened.failure;
  return { targets, ...(problem && { problem }) };
}
