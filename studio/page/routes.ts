import type { ComponentType } from "preact";
import { Runs } from "./pages/runs.js";

/** A view gets what its pattern takes from the path. */
export type View = ComponentType<{ params: Record<string, string> }>;

export interface Route {
  /** Of a path; parts that begin with a colon are parameters. */
  pattern: string;
  /** For the window's title. */
  title: (params: Record<string, string>) => string;
  /** The view: of the main bundle, or loaded when it is first shown. */
  view: View | { load: () => Promise<View> };
}

const runPage = { load: async (): Promise<View> => (await import("./pages/run/run.js")).RunPage };

const chatPage = { load: async (): Promise<View> => (await import("./pages/chat.js")).ChatPage };

/** Every view of the studio: a page adds its line here, and its file in `pages/`. */
export const routes: readonly Route[] = [
  { pattern: "/", title: () => "Runs", view: Runs },
  { pattern: "/runs", title: () => "Runs", view: Runs },
  { pattern: "/runs/:run", title: ({ run }) => run!, view: runPage },
  {
    pattern: "/runs/:run/fork",
    title: ({ run }) => `Fork of ${run}`,
    view: { load: async () => (await import("./pages/fork.js")).ForkPage },
  },
  { pattern: "/runs/:run/:tab", title: ({ run, tab }) => `${tab} of ${run}`, view: runPage },
  {
    pattern: "/artifacts/:digest",
    title: ({ digest }) => `Artifact ${digest!.slice(0, 12)}`,
    view: { load: async () => (await import("./pages/artifact.js")).ArtifactPage },
  },
  {
    pattern: "/waiting",
    title: () => "Waiting",
    view: { load: async () => (await import("./pages/waiting.js")).Waiting },
  },
  { pattern: "/chat", title: () => "Chat", view: chatPage },
  { pattern: "/chat/:run", title: ({ run }) => `Chat · ${run}`, view: chatPage },
  {
    pattern: "/choose/:run/:stage",
    title: ({ stage, run }) => `Choose · ${stage} of ${run}`,
    view: { load: async () => (await import("./pages/choose.js")).ChoosePage },
  },
  {
    pattern: "/pipelines",
    title: () => "Pipelines",
    view: { load: async () => (await import("./pages/pipelines.js")).Pipelines },
  },
  {
    pattern: "/pipelines/:name",
    title: ({ name }) => name!,
    view: { load: async () => (await import("./pages/pipeline.js")).PipelinePage },
  },
  {
    pattern: "/compare",
    title: () => "Compare",
    view: { load: async () => (await import("./pages/compare.js")).Compare },
  },
];

/** The menu: address, name, and the keys that go there. */
export const menu: readonly { href: string; name: string; keys: string }[] = [
  { href: "/runs", name: "Runs", keys: "g r" },
  { href: "/waiting", name: "Waiting", keys: "g w" },
  { href: "/pipelines", name: "Pipelines", keys: "g p" },
  { href: "/compare", name: "Compare", keys: "g c" },
  { href: "/chat", name: "Chat", keys: "g t" },
];
