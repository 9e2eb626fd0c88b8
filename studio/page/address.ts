/** Addresses of the studio's views. */
const part = encodeURIComponent;

export const runTabs = ["overview", "curves", "samples", "logs", "artifacts", "definition"] as const;
export type RunTab = (typeof runTabs)[number];
export const tabName = (tab: RunTab): string => tab[0]!.toUpperCase() + tab.slice(1);

export const runAddress = (run: string, tab: RunTab = "overview", query: Record<string, string> = {}): string => {
  const text = new URLSearchParams(query).toString();
  return `/runs/${part(run)}${tab === "overview" ? "" : `/${tab}`}${text === "" ? "" : `?${text}`}`;
};
export const pipelineAddress = (name: string): string => `/pipelines/${part(name)}`;
export const forkAddress = (run: string): string => `/runs/${part(run)}/fork`;
export const compareAddress = (runs: readonly string[]): string =>
  `/compare?${runs.map((run) => `run=${part(run)}`).join("&")}`;
export const artifactAddress = (digest: string): string => `/artifacts/${digest}`;
export const chooseAddress = (run: string, stage: string): string => `/choose/${part(run)}/${part(stage)}`;
/** A stage that waits for an answer, opened in the list of what waits. */
export const answerAddress = (run: string, stage: string): string =>
  `/waiting?open=${encodeURIComponent(`${run}/${stage}`)}`;
export const chatAddress = (run: string): string => `/chat/${part(run)}`;
export const stageAddress = (run: string, stage: string): string => runAddress(run, "overview", { stage });

/**
 * What a pattern (`/runs/:run/:tab`) takes from a path; undefined if the path is not of that form.
 */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split("/"), path.replace(/(.)\/$/, "$1").split("/")];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, piece] of wanted.entries()) {
    if (piece.startsWith(":")) {
      const value = decoded(given[i]!);
      if (value === undefined || value === "") return undefined;
      params[piece.slice(1)] = value;
    } else if (piece !== given[i]) return undefined;
  }
  return params;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
