import type { IncomingMessage } from "node:http";
import { PawlError } from "../../../platform/errors.js";
import { isObject } from "../../../platform/json.js";
import { tokenAdvice } from "./access.js";
import { fetchAddress, printableAddress } from "./fetch-address.js";
import type { PackageIndex } from "./package-index.js";

/** A file of a package, as an index lists it. */
export interface IndexedFile {
  /** Its last part: `name-version-py3-none-any.whl`. */
  name: string;
  url: string;
  sha256?: string;
}

const jsonType = "application/vnd.pypi.simple.v1+json";
/** Longest page that is read, bytes: the longest known ones have about ten million. */
const maxPageBytes = 2 ** 28;

/**
 * The files of a package in an index: the simple repository API as JSON (PEP 691), or as HTML
 * (PEP 503) if the index has only that.
 * @throws PawlError DATA_MISSING (no such package, no access), DATA_INVALID (not a page of an
 *   index), DOWNLOAD_FAILED (retried)
 */
export async function indexedFiles(index: PackageIndex, name: string, signal: AbortSignal): Promise<IndexedFile[]> {
  const url = new URL(`${normalizedName(name)}/`, index.url).href;
  try {
    const headers = { ...index.headers, accept: `${jsonType}, text/html;q=0.1`, "accept-encoding": "identity" };
    const page = await fetchAddress({ url, headers, signal, operatorsHost: new URL(index.url).hostname });
    if (page.statusCode !== 200) throw refused(page, url);
    const text = await readBody(page, url);
    return page.headers["content-type"]?.startsWith(jsonType) ? filesOfJson(text, url) : await filesOfHtml(text, url);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof PawlError ? error : failed(url, String((error as Error).cause ?? error));
  }
}

/** A name as an index knows it (PEP 503). */
const normalizedName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

async function readBody(page: IncomingMessage, url: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of page as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if ((bytes += chunk.length) > maxPageBytes) throw notAPage(url, `more than ${maxPageBytes} bytes`);
  }
  return Buffer.concat(chunks).toString();
}

function filesOfJson(text: string, url: string): IndexedFile[] {
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch (error) {
    throw notAPage(url, (error as Error).message);
  }
  const files: unknown = isObject(page) ? page["files"] : undefined;
  if (!Array.isArray(files)) throw notAPage(url, "JSON without `files`");
  return files.flatMap((file: { filename?: unknown; url?: unknown; hashes?: { sha256?: unknown } }) =>
    indexed(file.filename, file.url, file.hashes?.sha256, url),
  );
}

async function filesOfHtml(text: string, url: string): Promise<IndexedFile[]> {
  const { DomUtils, parseDocument } = await import("htmlparser2");
  return DomUtils.getElementsByTagName("a", parseDocument(text)).flatMap((link) => {
    const [address, fragment = ""] = link.attribs["href"]?.split("#") ?? [];
    return indexed(DomUtils.textContent(link).trim(), address, /^sha256=(.*)$/.exec(fragment)?.[1], url);
  });
}

/** The file; none without a valid name and address. */
function indexed(name: unknown, address: unknown, sha256: unknown, page: string): IndexedFile[] {
  if (typeof name !== "string" || typeof address !== "string" || !URL.canParse(address, page)) return [];
  const url = new URL(address, page).href;
  return [{ name, url, ...(typeof sha256 === "string" ? { sha256: sha256.toLowerCase() } : {}) }];
}

function refused(page: IncomingMessage, url: string): PawlError {
  page.destroy();
  const status = page.statusCode!;
  const got = `${status} ${page.statusMessage ?? ""}`.trim();
  if (status >= 500 || status === 408 || status === 429) return failed(url, got);
  const closed = status === 401 || status === 403;
  return new PawlError("DATA_MISSING", closed ? "the index refuses access" : "the index has no such package", {
    where: printableAddress(url),
    expected: "a page that lists the package's files",
    got,
    next: closed ? tokenAdvice : "check the name, and the index: PIP_INDEX_URL, or pip's configuration",
  });
}

function failed(url: string, got: string): PawlError {
  return new PawlError("DOWNLOAD_FAILED", "the index did not respond", {
    where: printableAddress(url),
    expected: "a page that lists the package's files",
    got,
    next: "check the network; PIP_INDEX_URL can name another index or a mirror",
  });
}

function notAPage(url: string, got: string): PawlError {
  return new PawlError("DATA_INVALID", "the address is not an index of Python packages", {
    where: printableAddress(url),
    expected: "the simple repository API: a list of files as JSON or HTML",
    got,
    next: "check the index: PIP_INDEX_URL, or pip's configuration",
  });
}
