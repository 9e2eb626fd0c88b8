import { useEffect, useRef, useState } from "preact/hooks";
import type { CheckMessage } from "../../definition-messages.js";
import type { Failure } from "../../messages.js";
import { FailureNotice, Loading } from "../components/basics.js";
import { toFailure } from "../send.js";
import type { CodeEditor } from "./code-editor.js";

interface CodeFieldProps {
  label: string;
  text: string;
  check: CheckMessage | undefined;
  editor: { current: CodeEditor | undefined };
  onChange: (text: string) => void;
  onSave: () => void;
  onStart: () => void;
}

/** The code editor, loaded when it is first shown. */
export function CodeField({ label, text, check, editor, ...acts }: CodeFieldProps) {
  const host = useRef<HTMLDivElement>(null);
  const newest = useRef(acts);
  newest.current = acts;
  const [isLoaded, setLoaded] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    let isShown = true;
    import("./code-editor.js").then(
      ({ createCodeEditor }) => {
        if (!isShown) return;
        editor.current = createCodeEditor(host.current!, {
          ...{ text, label },
          onChange: (changed) => newest.current.onChange(changed),
          onSave: () => newest.current.onSave(),
          onStart: () => newest.current.onStart(),
        });
        setLoaded(true);
      },
      (error: unknown) => setFailure(toFailure(error)),
    );
    return () => {
      isShown = false;
      editor.current?.destroy();
    };
  }, []);
  useEffect(() => {
    if (isLoaded && check) editor.current?.show(check.errors, check.warnings);
  }, [isLoaded, check]);
  return (
    <>
      {failure && <FailureNotice failure={failure} title="The editor could not be loaded: load the page again." />}
      {!isLoaded && !failure && <Loading lines={12} />}
      <div ref={host} class="code-editor" />
    </>
  );
}
