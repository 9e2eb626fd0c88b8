import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import { namedProcess, processName, standingOf } from "../../platform/process-identity.js";
import { readJson, writeFileWhole } from "../../store/index.js";
import type { StageContext } from "../stage.js";
import { fileDigest, sha256 as digestOf } from "../../platform/digests.js";

export interface DownloadRequest {
  url: string;
  /** Where downloads are kept: one folder an address. */
  folder: string;
  /** The digest that the content must have. */
  sha256?: string | undefined;
  headers?: Record<string, string>;
}
export interface Downloaded {
  path: string;
  sha256: string;
}

/** What is known of a whole or half file: it may be continued, or used again, if the server still has the same. */
interface Validators {
  etag?: string;
  lastModified?: string;
}
interface Finished extends Validators {
  sha256: string;
}

type Context = Pick<StageContext, "signal" | "progress">;

/** Half files that this process is writing. */
const active = new Set<string>();

/**
 * Downloads an address, whatever it takes: a cut connection, or the half file that a dead process left, is continued by
 * a range request where the server allows it; what is there already is not fetched again (by digest, else asking the
 * server whether it changed). Finished files are named by their digest and never change.
 * @throws PawlError DATA_MISSING (the server has no such thing), DOWNLOAD_FAILED (retried), DATA_INVALID (wrong digest).
 */
export async function download(request: DownloadRequest, context: Context): Promise<Downloaded> {
  const folder = path.join(request.folder, digestOf(request.url).slice(0, 32));
  await mkdir(folder, { recursive: true });
  const before = await readFinished(folder);
  if (before && request.sha256 === before.sha256)
    return { path: path.join(folder, before.sha256), sha256: before.sha256 };
  const part = await claimPart(folder);
  active.add(part);
  try {
    const validators = await fetchAll(request, part, before, context);
    if (validators === "unchanged") {
      checkDigest(request, before!.sha256);
      return { path: path.join(folder, before!.sha256), sha256: before!.sha256 };
    }
    const { sha256 } = await fileDigest(part, context);
    checkDigest(request, sha256);
    const finished = path.join(folder, sha256);
    await rename(part, finished);
    await writeFileWhole(
      path.join(folder, "finished.json"),
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

/** Asks again and again while every answer brings something. */
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
      if (response.status === 304) return "unchanged";
      return await receive(response, part, had, context);
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof PawlError) throw error;
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") throw diskFull(request, error);
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
): Promise<Response> {
  // Compressed transfer would make byte ranges meaningless.
  const headers: Record<string, string> = { ...request.headers, "accept-encoding": "identity" };
  const validators = had > 0 ? validatorsIn(await readJson(`${part}.json`)) : undefined;
  const validator = validators && (strong(validators.etag) ?? validators.lastModified);
  if (validator !== undefined) Object.assign(headers, { range: `bytes=${had}-`, "if-range": validator });
  if (before?.etag !== undefined) headers["if-none-match"] = before.etag;
  else if (before?.lastModified !== undefined) headers["if-modified-since"] = before.lastModified;
  const response = await fetch(request.url, { headers, signal });
  if (response.ok || response.status === 304) return response;
  await response.body?.cancel();
  if (response.status === 416) {
    await removePart(part);
    return ask(request, part, 0, undefined, signal);
  }
  throw refused(request, response);
}

/** Writes the body behind what is there (206) or from the start (200). */
async function receive(response: Response, part: string, had: number, context: Context): Promise<Validators> {
  const continued = response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${had}-`);
  const etag = response.headers.get("etag");
  const lastModified = response.headers.get("last-modified");
  const validators = { ...(etag === null ? {} : { etag }), ...(lastModified === null ? {} : { lastModified }) };
  await writeFileWhole(`${part}.json`, JSON.stringify(validators));
  const file = await open(part, continued ? "a" : "w");
  let done = continued ? had : 0;
  const length = response.headers.get("content-length");
  const total = length === null ? 0 : done + Number(length);
  const startedAt = Date.now();
  const startedWith = done;
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      await file.write(chunk);
      done += chunk.length;
      const rate = (done - startedWith) / Math.max(1, Date.now() - startedAt);
      const eta = total > 0 ? { etaSeconds: (total - done) / rate / 1000 } : {};
      context.progress({ phase: "download", done, total, unit: "bytes", metrics: {}, ...eta });
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return validators;
}

/**
 * A half file for this process alone: one left by a process of this machine that has ended, else a new one. The name
 * carries machine and process, and claiming is a rename, so that two processes never write into one file.
 */
async function claimPart(folder: string): Promise<string> {
  const mine = path.join(folder, `part.${processName()}.${randomBytes(4).toString("hex")}`);
  for (const name of await readdir(folder)) {
    const [, owner] = /^part\.([^.]+)\.[0-9a-f]+$/.exec(name) ?? [];
    const found = owner === undefined ? undefined : namedProcess(owner);
    if (found === undefined) continue;
    const old = path.join(folder, name);
    if (owner === processName() ? active.has(old) : standingOf(found) !== "ended") continue;
    try {
      await rename(old, mine);
      await rename(`${old}.json`, `${mine}.json`);
      return mine;
    } catch {
      // Another process was quicker, or the half file has no validators: start anew.
    }
  }
  await rm(mine, { force: true });
  return mine;
}

/** Undefined when it does not name a file that is there with the content it is named by: then nothing is known. */
async function readFinished(folder: string): Promise<Finished | undefined> {
  const found = (await readJson(path.join(folder, "finished.json"))) as Partial<Finished> | null | undefined;
  const sha256 = found?.sha256;
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  const intact = await fileDigest(path.join(folder, sha256)).catch(() => undefined);
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

/** Only a strong tag may stand in If-Range. */
function strong(etag: string | undefined): string | undefined {
  return etag?.startsWith('"') ? etag : undefined;
}

/** The address without its query, which may carry a signature. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function checkDigest({ url, sha256: expected }: DownloadRequest, got: string): void {
  if (expected === undefined || expected === got) return;
  throw new PawlError("DATA_INVALID", "the download is not what was asked for: its SHA-256 differs", {
    where: shown(url),
    expected,
    got,
    next: "the source has changed: check it, then correct with.source.sha256",
  });
}

function failed({ url }: DownloadRequest, got: string, options?: ErrorOptions): PawlError {
  const facts = { where: shown(url), expected: "the whole file", got, next: "the stage tries again by itself" };
  return new PawlError("DOWNLOAD_FAILED", "the download failed", facts, options);
}

function diskFull({ folder }: DownloadRequest, cause: unknown): PawlError {
  const next = "make room; the download goes on where it stopped";
  return new PawlError("DISK_FULL", "no space is left for the download", { where: folder, next }, { cause });
}

function refused(request: DownloadRequest, response: Response): PawlError {
  const got = `${response.status} ${response.statusText}`.trim();
  if (response.status >= 500 || response.status === 408 || response.status === 429) return failed(request, got);
  const closed = response.status === 401 || response.status === 403;
  return new PawlError("DATA_MISSING", closed ? "the server refuses access" : "the server has no such file", {
    where: shown(request.url),
    expected: "an address that can be read",
    got,
    next: closed ? "for the Hugging Face hub, give the worker a token in HF_TOKEN" : "check the address",
  });
}
