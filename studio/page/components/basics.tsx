import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../messages.js";
import { absolute, agoText, percent, shortDigest } from "../text.js";

/** The current time, updated regularly. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** A relative time; the absolute one on hover. */
export function Ago({ ms, nowMs }: { ms: number; nowMs: number }) {
  return (
    <time dateTime={new Date(ms).toISOString()} title={absolute(ms)}>
      {agoText(ms, nowMs)}
    </time>
  );
}

/** A digest, shortened; a click copies all of it. */
export function Digest({ digest }: { digest: string }) {
  return <Copied text={digest} label={shortDigest(digest)} what="digest" />;
}

/** A text that a click copies. */
export function Copied({ text, label = text, what }: { text: string; label?: string; what: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    });
  };
  return (
    <button type="button" class="copied mono" title={`${text}\nclick to copy the ${what}`} onClick={copy}>
      {label}
      <span class="copied-note" role="status">
        {isCopied ? "copied" : ""}
      </span>
    </button>
  );
}

/** A progress bar. */
export function Bar({ share, label }: { share: number; label: string }) {
  const width = `${Math.min(100, Math.max(0, 100 * share))}%`;
  return (
    <div
      class="bar"
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(100 * share)}
      title={percent(share)}
    >
      <div style={{ width }} />
    </div>
  );
}

/** In place of a form: why it cannot be shown, and the way back. */
export function NothingToAnswer({ failure, onDone }: { failure: Failure; onDone: () => void }) {
  return (
    <>
      <FailureNotice failure={failure} />
      <button type="button" onClick={onDone}>
        Back to what waits
      </button>
    </>
  );
}

/** An error of Pawl as in the terminal: where, expected, got, what to do next. */
export function FailureNotice({ failure, title }: { failure: Failure; title?: string }) {
  const { code, message, facts } = failure;
  const label = ["where", "expected", "got", "next"] as const;
  return (
    <div class="notice is-error" role="alert">
      {title !== undefined && <p class="notice-title">{title}</p>}
      <p class="text">{message}</p>
      <dl class="facts">
        {label.map((name) =>
          facts[name] === undefined ? undefined : (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="text">{facts[name]}</dd>
            </div>
          ),
        )}
        <div>
          <dt>code</dt>
          <dd class="mono">{code}</dd>
        </div>
      </dl>
    </div>
  );
}

/** In place of a view whose chunk could not be loaded. */
export const ViewFailed = ({ failure }: { failure: Failure }) => (
  <>
    <FailureNotice failure={failure} title="This view could not be loaded." />
    <button type="button" onClick={() => location.reload()}>
      Load the page again
    </button>
  </>
);

/** A notice that is not an error. */
export function Note({ children }: { children: ComponentChildren }) {
  return (
    <div class="notice" role="status">
      {children}
    </div>
  );
}

/** Above runs under way while the Temporal server does not answer. */
export const ServerAway = () => (
  <Note>
    The Temporal server does not answer: runs under way are shown as they were last known. They are up to date again as
    soon as it answers (<code>pawl up</code> starts one).
  </Note>
);

/** An empty state: why there is nothing yet, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** A placeholder while something loads. */
export function Loading({ lines = 6 }: { lines?: number }) {
  return (
    <div class="loading" role="status" aria-label="loading">
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} class="loading-line" />
      ))}
    </div>
  );
}

/** A command to type. */
export const Command = ({ text }: { text: string }) => <Copied text={`pawl ${text}`} what="command" />;
