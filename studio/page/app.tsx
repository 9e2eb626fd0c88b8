import { useEffect, useState } from "preact/hooks";
import { matchPath } from "./address.js";
import { Empty, Loading, ViewFailed } from "./components/basics.js";
import { KeyHelp } from "./components/key-help.js";
import { SearchDialog } from "./components/search-dialog.js";
import { keyNames, useKeys } from "./keys.js";
import { useLateView } from "./late-view.js";
import { useLinkState, useLive } from "./live.js";
import { navigate, usePlace } from "./router.js";
import { menu, routes, type Route, type View } from "./routes.js";

const searchKeys = "mod+k";

/** The frame of all views: menu, connection, keys. */
export function App() {
  const { path } = usePlace();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isSearching, setSearching] = useState(false);
  const [waiting, setWaiting] = useState(0);
  useLive<{ count: number }>({}, "waiting", ({ count }) => setWaiting(count));
  useKeys([
    { keys: searchKeys, label: "search", act: () => setSearching(true) },
    { keys: "?", label: "show or hide this help", act: () => setHelpOpen(!isHelpOpen) },
    ...menu.map(({ href, name, keys }) => ({ keys, label: `go to ${name}`, act: () => navigate(href) })),
  ]);
  const isCurrent = (href: string): boolean => path.startsWith(href) || (path === "/" && href === "/runs");
  return (
    <>
      <a class="skip" href="#main" onClick={() => document.getElementById("main")?.focus()}>
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/runs">
          <img src="/assets/icon.svg" width={20} height={20} alt="" /> Pawl
        </a>
        <nav aria-label="Views">
          {menu.map(({ href, name }) => (
            <a key={href} href={href} aria-current={isCurrent(href) ? "page" : undefined}>
              {name}
              {name === "Waiting" && waiting > 0 && (
                <span class="count" aria-label={`${waiting} wait for people`}>
                  {waiting}
                </span>
              )}
            </a>
          ))}
        </nav>
        <span class="grow" />
        <button type="button" aria-haspopup="dialog" onClick={() => setSearching(true)}>
          Search <span class="muted search-keys">{keyNames(searchKeys).join(" ")}</span>
        </button>
        <button type="button" class="quiet" aria-label="Keys" title="Keys (?)" onClick={() => setHelpOpen(true)}>
          ?
        </button>
        <ModeButton />
      </header>
      <LinkBar />
      <main id="main" tabIndex={-1}>
        <CurrentView path={path} />
      </main>
      {isSearching && <SearchDialog path={path} onClose={() => setSearching(false)} />}
      {isHelpOpen && <KeyHelp onClose={() => setHelpOpen(false)} />}
    </>
  );
}

/** A thin bar while the server does not answer; the view below stays as it was. */
function LinkBar() {
  const state = useLinkState();
  return (
    <div role="status" class={state === "lost" || state === "sessionEnded" ? "link-bar is-lost" : "link-bar"}>
      {state === "lost" && "The studio does not answer. Trying again… (pawl studio starts it)"}
      {state === "sessionEnded" &&
        "The session has ended. Run pawl studio, or open your link again: this page then continues."}
    </div>
  );
}

function CurrentView({ path }: { path: string }) {
  if (useLinkState() === "noSession") return <NoSession />;
  for (const { pattern, title, view } of routes) {
    const params = matchPath(pattern, path);
    if (params === undefined) continue;
    // Routes of one view keep its state.
    const key = routes.findIndex((route) => route.view === view);
    return <Titled key={key} title={title(params)} view={view} params={params} />;
  }
  return (
    <Empty title="There is no such page.">
      <p>
        <a href="/runs">All runs</a>
      </p>
    </Empty>
  );
}

/** Replaces every view if somebody opens the studio without a code or a link. */
function NoSession() {
  return (
    <Empty title="This page has no session.">
      <p>
        On the machine of the studio, run <code>pawl studio</code> and open the address that it prints: it works once.
      </p>
      <p>If you have a link of your own, open that again. Links work for 30 days, unless they are revoked.</p>
    </Empty>
  );
}

interface TitledProps {
  title: string;
  view: Route["view"];
  params: Record<string, string>;
}

/** A view, loaded if it is not yet; the window has its title. */
function Titled({ title, view: View, params }: TitledProps) {
  useEffect(() => {
    document.title = `${title} · Pawl`;
  }, [title]);
  return typeof View === "function" ? <View params={params} /> : <LateView load={View.load} params={params} />;
}

function LateView({ load, params }: { load: () => Promise<View>; params: Record<string, string> }) {
  const { view: Found, failure } = useLateView(load);
  if (failure) return <ViewFailed failure={failure} />;
  return Found === undefined ? <Loading /> : <Found params={params} />;
}

type Mode = "light" | "dark" | undefined;

/** Light, dark, or as the system has it; remembered. */
function ModeButton() {
  const [mode, setMode] = useState<Mode>(() => document.documentElement.dataset["mode"] as Mode);
  const next: Mode =
    mode === undefined
      ? matchMedia("(prefers-color-scheme:dark)").matches
        ? "light"
        : "dark"
      : mode === "dark"
        ? "light"
        : "dark";
  const toggle = (): void => {
    document.documentElement.dataset["mode"] = next;
    localStorage.setItem("pawl-mode", next);
    setMode(next);
  };
  return (
    <button
      type="button"
      class="quiet"
      aria-label={`Switch to the ${next} mode`}
      title={`${next} mode`}
      onClick={toggle}
    >
      <svg class="sign" viewBox="0 0 12 12" aria-hidden="true">
        <circle class="shape" cx={6} cy={6} r={4.5} />
        <path class="shape is-filled" d="M6 1.5a4.5 4.5 0 0 0 0 9z" />
      </svg>
    </button>
  );
}
