import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { studioApp, type Studio } from "../../studio/server/app.js";
import { readPageFiles, type PageFiles } from "../../studio/server/page-files.js";
import type { Visitor } from "../../studio/server/admissions.js";
import type { StudioPlace } from "../../studio/server/app.js";
import { loopbackHosts } from "../../studio/server/safety.js";
import { Sessions } from "../../studio/server/sessions.js";

export const studioHost = "127.0.0.1:8234";

/**
 * A request as the studio's own page sends it, in its session, but for what `headers` change: an
 * empty one is left out.
 */
export type Ask = (
  address: string,
  options?: { method?: string; headers?: Record<string, string>; body?: string },
) => Promise<Response>;

export interface StudioVisitors {
  /** Names under which it may be reached; undefined: any. */
  hosts?: readonly string[] | undefined;
  /** The page is that of the first. */
  admitted?: readonly [Visitor, ...Visitor[]];
}

/** A studio of a home directory without a server, with a page of two files. */
export function openStudio(
  home: string,
  visitors: StudioVisitors = {},
  place: StudioPlace = {},
): { studio: Studio; ask: Ask; sessions: Sessions } {
  const { hosts, admitted = [{ subject: "owner" }] } = { hosts: loopbackHosts, ...visitors };
  const sessions = new Sessions(home, admitted);
  const studio = studioApp(home, { sessions, ...(hosts && { hosts }) }, pageOfTwoFiles(home), place);
  let session: Promise<string> | undefined;
  const ask: Ask = async (address, { headers = {}, ...options } = {}) => {
    const authorization = `Bearer ${await (session ??= sessions.open(admitted[0]))}`;
    const all = Object.entries({ host: studioHost, authorization, ...headers }).filter(([, value]) => value !== "");
    return studio.app.request(`http://${studioHost}${address}`, { ...options, headers: Object.fromEntries(all) });
  };
  return { studio, ask, sessions };
}

/** A page of two files, in a directory below `home`. */
export function pageOfTwoFiles(home: string): PageFiles {
  const page = path.join(home, "page");
  mkdirSync(page, { recursive: true });
  const files = { "index.html": "<!doctype html><title>Pawl</title>", "main-ABCD1234.js": "export {};" };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(path.join(page, name), text);
    writeFileSync(path.join(page, `${name}.br`), brotliCompressSync(text));
  }
  return readPageFiles(page);
}

/** An event of a stream. */
export interface ReadEvent {
  event: string;
  message: unknown;
}

/** The events of a stream until `isEnough`. */
export async function readEvents(response: Response, isEnough: (events: ReadEvent[]) => boolean): Promise<ReadEvent[]> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  const events: ReadEvent[] = [];
  let text = "";
  while (!isEnough(events)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const field = (name: string): string | undefined =>
        block
          .split("\n")
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const data = field("data");
      if (data !== undefined) events.push({ event: field("event") ?? "message", message: JSON.parse(data) as unknown });
    }
  }
  await reader.cancel();
  return events;
}
