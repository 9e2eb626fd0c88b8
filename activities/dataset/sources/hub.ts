import type { ListFileEntry } from "@huggingface/hub";
import { PawlError } from "../../../platform/errors.js";
import { inferFormat } from "../../../schemas/fields/data-format.js";
import { tokenAdvice } from "./access.js";
import { patternExpression } from "./paths.js";
import type { Source } from "../../../schemas/fields/source.js";

export interface HubFiles {
  description: string;
  commit: string;
  license?: string;
  /** Sent with every download; may carry the token, so it must not be shown or stored. */
  headers: Record<string, string>;
  /** Of the hub, which HF_ENDPOINT may name. */
  operatorsHost: string;
  files: { name: string; url: string; sha256?: string | undefined }[];
}

/**
 * The files of a Hugging Face data set, at one commit: a branch or tag is first turned into the
 * commit that it stands for. The environment names the hub (HF_ENDPOINT) and the token (HF_TOKEN).
 * @throws PawlError DATA_MISSING (no such data set, revision or file; no access), DOWNLOAD_FAILED.
 */
export async function hubFiles(source: Source, signal: AbortSignal): Promise<HubFiles> {
  const { datasetInfo, listFiles } = await import("@huggingface/hub");
  const name = source.huggingFace!;
  const revision = source.revision ?? "main";
  const hubUrl = (process.env["HF_ENDPOINT"] || "https://huggingface.co").replace(/\/+$/, "");
  const token = process.env["HF_TOKEN"];
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  // The library accepts only tokens of the public hub's form; a header of our own serves mirrors,
  // too.
  const access = {
    hubUrl,
    fetch: (input: string | URL | Request, init?: RequestInit) =>
      fetch(input, { ...init, signal, headers: { ...(init?.headers as Record<string, string>), ...headers } }),
  };
  try {
    const info = await datasetInfo({ name, revision, additionalFields: ["sha", "cardData"], ...access });
    const entries: ListFileEntry[] = [];
    const listing = listFiles({ repo: { type: "dataset", name }, revision: info.sha, recursive: true, ...access });
    for await (const entry of listing) if (entry.type === "file") entries.push(entry);
    const chosen = chooseFiles(entries, source);
    const address = (path: string) => path.split("/").map(encodeURIComponent).join("/");
    const license = [info.cardData?.license ?? []].flat().join(", ");
    return {
      description: `Hugging Face ${name}@${info.sha}: ${source.path ?? "all data files"}`,
      commit: info.sha,
      headers,
      operatorsHost: new URL(hubUrl).hostname,
      files: chosen.map(({ path, lfs }) => ({
        name: path,
        url: `${hubUrl}/datasets/${name}/resolve/${info.sha}/${address(path)}`,
        sha256: lfs?.oid,
      })),
      ...(license === "" ? {} : { license }),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof PawlError ? error : hubError(error, name, revision);
  }
}

/** By `path`; without it every file whose name shows a data format, if all have the same format. */
function chooseFiles(entries: ListFileEntry[], source: Source): ListFileEntry[] {
  const expression = source.path === undefined ? undefined : patternExpression(source.path);
  const isData = ({ path }: ListFileEntry) => (expression ? expression.test(path) : isDataFile(path));
  const chosen = entries.filter(isData).sort((a, b) => (a.path < b.path ? -1 : 1));
  const formats = new Set(chosen.map(({ path }) => inferFormat(path)));
  if (chosen.length > 0 && (expression || formats.size === 1)) return chosen;
  const names = entries.map(({ path }) => path);
  throw new PawlError("DATA_MISSING", `it is not clear which files of the data set ${source.huggingFace!} to read`, {
    where: "with.source.path",
    expected: "a file or a pattern such as data/train-*.parquet",
    got: source.path ?? "no path",
    next: `its files: ${names.slice(0, 20).join(", ")}${names.length > 20 ? `, and ${names.length - 20} more` : ""}`,
  });
}

/** Nearly every repository has documentation in Markdown, which is not its data. */
function isDataFile(path: string): boolean {
  return inferFormat(path) !== undefined && !/\.md$/i.test(path);
}

function hubError(error: unknown, name: string, revision: string): PawlError {
  const where = `Hugging Face ${name}@${revision}`;
  const status = (error as { statusCode?: number }).statusCode;
  if (status === 401 || status === 403 || status === 404)
    return new PawlError("DATA_MISSING", "the hub has no such data set, or refuses access to it", {
      where,
      expected: "owner/name and a revision that exist",
      got: `status ${status}`,
      next: `check the spelling; for a private or gated data set ${tokenAdvice}`,
    });
  const cause = (error as Error).cause;
  const got = cause instanceof Error ? cause.message : (error as Error).message;
  return new PawlError("DOWNLOAD_FAILED", "the hub did not respond", {
    where,
    expected: "a list of files",
    got,
    next: "check the network; HF_ENDPOINT can name another hub or a mirror",
  });
}
