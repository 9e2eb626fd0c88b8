import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { diskFullError, isDiskFull } from "../../../platform/disk-full.js";
import { PawlError } from "../../../platform/errors.js";
import { usualGrowth, type GrowthLimits } from "../../../platform/growth.js";
import { namedProcess, processName, processStanding } from "../../../platform/processes/process-identity.js";
import { readJson, writeFileWhole } from "../../../store/files.js";
import type { StageContext } from "../../stage.js";
import { fileDigest, sha256 as textDigest } from "../../../platform/digests.js";
import { tokenAdvice } from "./access.js";
import { fetchAddress, printableAddress } from "./fetch-address.js";
import { refuseGrowth } from "./unpacked-size.js";

export interface DownloadRequest {
  url: string;
  /**
   * What its directory is named after, if the same content may exist at other addresses. Absent:
   * the address.
   */
  name?: string;
  /** Where downloads are kept: one directory per address. */
  directory: string;
  /** The digest that the content must have. */
  sha256?: string | undefined;
  headers?: Record<string, string>;
  /** See AddressRequest. */
  operatorsHost?: string;
  /** Absent: `usualLimits`. */
  limits?: DownloadLimits;
}

/** Limits of a download. */
export interface DownloadLimits extends GrowthLimits {
  /** Largest file, bytes. */
  bytes: number;
}

/** The variable by which an operator allows larger downloads, bytes. */
const largestDownload = "PAWL_LARGEST_DOWNLOAD";

function usualLimits(): DownloadLimits {
  const bytes = Number(process.env[largestDownload]);
  return { bytes: bytes > 0 ? bytes : 2e11, ...usualGrowth };
}
export interface Downloaded {
  path: string;
  sha256: string;
}

/**
 * Facts about a complete or partial file, which can be reused or resumed if the server still has
 * the same content.
 */
interface Validators {
  etag?: string;
  lastModified?: string;
}
interface Finished extends Validators {
  sha256: string;
}

type Context = Pick<StageContext, "signal" | "progress">;

/** Partial files that this process is writing. */
const active = new Set<string>();

/**
 * Downloads an address. After a broken connection, or from the partial file of a dead process, it
 * continues by a range request if the server allows it. A file that exists is not fetched again
 * (checked by digest, else by asking the server whether it changed). Finished files are named by
 * their digest and never change.
 * @throws PawlError DATA_MISSING (the server has no such thing), DOWNLOAD_FAILED (retried),
 *   DATA_INVALID (wrong digest, or too large), NOT_ALLOWED (see fetchAddress).
 */
export async function download(request: DownloadRequest, context: Context): Promise<Downloaded> {
  const directory = downloadDirectory(request.directory, request.name ?? request.url);
  await mkdir(directory, { recursive: true });
  const downloaded = await downloadInto(directory, request, context);
  await removeLeftovers(directory);
  return downloaded;
}

/**
 * The file that an earlier download of this name left, if it is complete and has this digest: its
 * address need not be known.
 */
export async function keptDownload(directory: string, name: string, sha256: string): Promise<Downloaded | undefined> {
  const kept = downloadDirectory(directory, name);
  const before = await readFinished(kept);
  return before?.sha256 === sha256 ? { path: path.join(kept, sha256), sha256 } : undefined;
}

const downloadDirectory = (directory: string, name: string): string =>
  path.join(directory, textDigest(name).slice(0, 32));

async function downloadInto(directory: string, request: DownloadRequest, context: Context): Promise<Downloaded> {
  const before = await readFinished(directory);
  if (before && request.sha256 === before.sha256)
    return { path: path.join(directory, before.sha256), sha256: before.sha256 };
  const part = await claimPart(directory);
  active.add(part);
  try {
    const validators = await fetchAll(request, part, before, context);
    if (validators === "unchanged") {
      checkDigest(request, before!.sha256);
      return { path: path.join(directory, before!.sha256), sha256: before!.sha256 };
    }
    const { sha256 } = await fileDigest(part, context);
    checkDigest(request, sha256);
    const { pathname } = new URL(request.url);
    const growth = { where: printableAddress(request.url), limits: request.limits ?? usualGrowth };
    await refuseGrowth({ name: pathname, path: part }, growth, context.signal);
    const finished = path.join(directory, sha256);
    await rename(part, finished);
    await writeFileWhole(
      path.join(directory, "finished.json"),
      JSON.stringify({ ...validators, sha256 } satisfies Finished),
    );
    return { path: finished, sha256 };
  } catch (error) {
    if (error instanceof PawlError && error.code === "DATA_INVALID") await removePart(part);
    throw error;
  } finally {
    active.delete(part);
  }
}

/** Repeats the request as long as every response brings new bytes. */
async function fetchAll(
  request: DownloadRequest,
  part: string,
  before: Finished | undefined,
  context: Context,
): Promise<Validators | "unchanged"> {
  for (;;) {
    const had = await size(part);
    try {
      const response = await ask(request, part, had, had === 0 ? before : undefined, context.signal);
      if (response.statusCode === 304) {
        response.destroy();
        return "unchanged";
      }
      return await receive(response, request, part, had, context);
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof PawlError) throw error;
      if (isDiskFull(error)) throw diskFullError(error, [request.directory]);
      if ((await size(part)) <= had) throw failed(request, String((error as Error).cause ?? error), { cause: error });
    }
  }
}

async function ask(
  request: DownloadRequest,
  part: string,
  had: number,
  before: Finished | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  // Compressed transfer would make byte ranges meaningless.
  const headers: Record<string, string> = { ...request.headers, "accept-encoding": "identity" };
  const validators = had > 0 ? validatorsIn(await readJson(`${part}.json`)) : undefined;
  const validator = validators && (strong(validators.etag) ?? validators.lastModified);
  if (validator !== undefined) Object.assign(headers, { range: `bytes=${had}-`, "if-range": validator });
  if (before?.etag !== undefined) headers["if-none-match"] = before.etag;
  else if (before?.lastModified !== undefined) headers["if-modified-since"] = before.lastModified;
  const response = await fetchAddress({
    ...{ url: request.url, headers, signal },
    ...(request.operatorsHost !== undefined && { operatorsHost: request.operatorsHost }),
  });
  const status = response.statusCode!;
  const isRangeRequest = headers["range"] !== undefined;
  if (status === 200 || status === 304 || (status === 206 && isRangeRequest && begins(response, had))) return response;
  response.destroy();
  if (isRangeRequest && (status === 416 || status === 206)) {
    await removePart(part);
    return ask(request, part, 0, undefined, signal);
  }
  throw refused(request, response);
}

/** Whether the received part begins where our file ends. */
function begins(response: IncomingMessage, had: number): boolean {
  return response.headers["content-range"]?.startsWith(`bytes ${had}-`) === true;
}

/** Appends the body to the existing part (206), or writes it from the start (200). */
async function receive(
  response: IncomingMessage,
  request: DownloadRequest,
  part: string,
  had: number,
  context: Context,
): Promise<Validators> {
  const continued = response.statusCode === 206;
  const { etag, "last-modified": lastModified, "content-length": length } = response.headers;
  const validators = { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
  await writeFileWhole(`${part}.json`, JSON.stringify(validators));
  const file = await open(part, continued ? "a" : "w");
  let done = continued ? had : 0;
  const total = length === undefined ? 0 : done + Number(length);
  const startedAt = performance.now();
  const startedWith = done;
  try {
    checkSize(request, total);
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      // All of it: a nearly full disk may take only a part of what is written; only the returned
      // number shows this.
      await file.appendFile(chunk);
      done += chunk.length;
      checkSize(request, done);
      const rate = (done - startedWith) / Math.max(1, performance.now() - startedAt);
      const eta = total > 0 ? { etaSeconds: (total - done) / rate / 1000 } : {};
      context.progress({ phase: "download", done, total, unit: "bytes", metrics: {}, ...eta });
    }
    await file.sync();
    const { size: written } = await file.stat();
    if (written !== done) {
      await removePart(part);
      throw failed(request, `${written} of the ${done} received bytes are on the disk`);
    }
  } finally {
    response.destroy();
    await file.close();
  }
  return validators;
}

/**
 * A partial file for this process alone: one left by a process of this machine that has ended, else
 * a new one. The name carries machine and process, and claiming is a rename, so that two processes
 * never write into one file.
 */
async function claimPart(directory: string): Promise<string> {
  const mine = path.join(directory, `part.${processName()}.${randomBytes(4).toString("hex")}`);
  for (const name of await readdir(directory)) {
    if (partialDownload(directory, name) !== name) continue;
    const old = path.join(directory, name);
    try {
      await rename(old, mine);
      await rename(`${old}.json`, `${mine}.json`);
      return mine;
    } catch {
      // Another process was faster, or the partial file has no validators: start again.
    }
  }
  await rm(mine, { force: true });
  return mine;
}

/**
 * Removes the partial files of processes that have ended: once the file is complete, nobody
 * continues them.
 */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory))
    if (partialDownload(directory, name) !== undefined) await rm(path.join(directory, name), { force: true });
}

/**
 * The partial file that has this name or that it belongs to, if nobody writes to it any more; else
 * undefined.
 */
function partialDownload(directory: string, name: string): string | undefined {
  const [, part, owner = ""] = /^(part\.([^.]+)\.[0-9a-f]+)(?:\.|$)/.exec(name) ?? [];
  const found = namedProcess(owner);
  if (part === undefined || found === undefined) return undefined;
  const inUse = owner === processName() ? active.has(path.join(directory, part)) : processStanding(found) !== "ended";
  return inUse ? undefined : part;
}

/** Returns undefined unless the file exists with the content that its name stands for. */
async function readFinished(directory: string): Promise<Finished | undefined> {
  const found = (await readJson(path.join(directory, "finished.json"))) as Partial<Finished> | null | undefined;
  const sha256 = found?.sha256;
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  const intact = await fileDigest(path.join(directory, sha256)).catch(() => undefined);
  return intact?.sha256 === sha256 ? { ...validatorsIn(found), sha256 } : undefined;
}

function validatorsIn(found: unknown): Validators {
  const { etag, lastModified } = (found ?? {}) as Record<keyof Validators, unknown>;
  return {
    ...(typeof etag === "string" ? { etag } : {}),
    ...(typeof lastModified === "string" ? { lastModified } : {}),
  };
}

async function removePart(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(`${part}.json`, { force: true });
}

async function size(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/** If-Range allows only a strong tag. */
function strong(etag: string | undefined): string | undefined {
  return etag?.startsWith('"') ? etag : undefined;
}

function checkDigest({ url, sha256: expected }: DownloadRequest, got: string): void {
  if (expected === undefined || expected === got) return;
  throw new PawlError("DATA_INVALID", "the SHA-256 of the download is not the expected one", {
    where: printableAddress(url),
    expected,
    got,
    next: "the source has changed: check it, then correct with.source.sha256",
  });
}

function failed({ url }: DownloadRequest, got: string, options?: ErrorOptions): PawlError {
  const facts = {
    where: printableAddress(url),
    expected: "the complete file",
    got,
    next: "check the address and the network",
  };
  return new PawlError("DOWNLOAD_FAILED", "the download failed", facts, options);
}

function checkSize({ url, limits = usualLimits() }: DownloadRequest, bytes: number): void {
  if (bytes <= limits.bytes) return;
  throw new PawlError("DATA_INVALID", "the download is too large", {
    where: printableAddress(url),
    expected: `at most ${limits.bytes} bytes`,
    got: `${bytes} bytes or more`,
    next: `check the address, or set ${largestDownload} for the workers`,
  });
}

function refused(request: DownloadRequest, response: IncomingMessage): PawlError {
  const status = response.statusCode!;
  const got = `${status} ${response.statusMessage ?? ""}`.trim();
  if (status === 206) return failed(request, "206: part of the file, although all of it was requested");
  if (status >= 500 || status === 408 || status === 429) return failed(request, got);
  const closed = status === 401 || status === 403;
  return new PawlError("DATA_MISSING", closed ? "the server refuses access" : "the server has no such file", {
    where: printableAddress(request.url),
    expected: "an address that can be read",
    got,
    next: closed ? tokenAdvice : "check the address",
  });
}
