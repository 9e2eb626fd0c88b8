import { useEffect, useRef, useState } from "preact/hooks";
import type { JsonObject } from "../../../platform/json.js";
import type { StartedMessage, WrittenDefinition, WrittenFork } from "../../definition-messages.js";
import type { FormField } from "../../people-messages.js";
import { runAddress } from "../address.js";
import { navigate } from "../router.js";
import { send } from "../send.js";
import { useCheck, usePlan } from "./checking.js";
import { keepDraft, readDraft } from "./draft.js";
import type { ForkOptions } from "./fork-fields.js";
import { parseInputs, type TypedInputs } from "./input-fields.js";

export interface EditedDefinition {
  /** What the unsaved text is kept under. */
  draft: string;
  /** As errors name it. */
  file: string;
  /** The saved text; empty: there is none yet. */
  text: string;
  /** What a text begins with that was never saved. */
  beginning?: string;
  /** The run that this is the definition of: a start is a fork of it. */
  fork?: { run: string; inputs: JsonObject; from?: string };
  /** Saves the text; absent: it cannot be saved. */
  save?: (text: string) => Promise<void>;
}

/**
 * The text that somebody edits, kept as a draft.
 * @returns also whether what a found draft was made from has changed since
 */
function useText({ draft, text: saved, beginning = saved }: EditedDefinition) {
  const found = useRef(readDraft(draft)).current;
  const [text, setText] = useState(found?.text ?? beginning);
  useEffect(() => keepDraft(draft, { text, base: saved }), [draft, text, saved]);
  return { text, setText, isOutdated: found !== undefined && found.base !== saved && text !== saved };
}

/** What the text, inputs and options are, what the compiler says of them, and what would run. */
export function useDefinition(edited: EditedDefinition) {
  const { file, fork } = edited;
  const { text, setText, isOutdated } = useText(edited);
  const [typed, setTyped] = useState<TypedInputs>({ texts: {}, seed: "" });
  const [options, setOptions] = useState<ForkOptions>({ from: fork?.from ?? "", only: "", set: [] });
  const [declared, setDeclared] = useState<readonly FormField[]>();
  const seed = typed.seed === "" ? {} : { seed: Number(typed.seed) };
  const inputs = parseInputs(declared ?? [], typed.texts);
  // A value of an input that the text no longer declares is not sent.
  const given = Object.entries(fork?.inputs ?? {}).filter(
    ([name]) => declared?.some((field) => field.name === name) ?? true,
  );
  const check = useCheck({ text, file, inputs: { ...Object.fromEntries(given), ...inputs }, ...seed });
  useEffect(() => {
    if (check.value) setDeclared(check.value.inputs);
  }, [check.value]);
  const isSound = !check.isOld && check.value?.errors.length === 0;
  const { from, only, set } = options;
  const written: WrittenDefinition | WrittenFork = {
    ...{ text, file, inputs, ...seed },
    ...(fork && { set: [...set], ...(from && { from }), ...(only && { only }) }),
  };
  const address = fork ? `/api/runs/${encodeURIComponent(fork.run)}/fork` : "/api/definitions";
  const plan = usePlan(`${address}/plan`, isSound ? written : undefined);
  return {
    ...{ text, setText, isOutdated, typed, setTyped, options, setOptions, declared, check, isSound, plan },
    start: async () => navigate(runAddress((await send<StartedMessage>(`${address}/start`, written)).run)),
  };
}
