import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { piecesDigest } from "../platform/digests.js";
import { builtDirectory, packageVersion } from "../platform/program/locations.js";

/** Modules whose compiled code goes into the workflow sandbox. */
export const bundledModules = ["workflows", "expressions", "schemas", "platform"];
/** Packages in the sandbox as well. */
const packages = ["@temporalio/workflow", "@temporalio/common", "@actions/expressions"];

const bundlePath = (): string => path.join(builtDirectory(), "workflow-bundle.js");

/**
 * The workflow code as one file, so that a worker starts immediately. It is rebuilt (2 s) when the
 * compiled code or a package in it has changed. Returns the file's path, and whether it had to be
 * built.
 */
export async function workflowBundle(): Promise<{ codePath: string; built: boolean }> {
  const digest = sourcesDigest();
  const stamp = `${bundlePath()}.sources`;
  const fresh = existsSync(bundlePath()) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
  if (!fresh) {
    writeWhole(bundlePath(), await build());
    writeWhole(stamp, digest);
  }
  return { codePath: bundlePath(), built: !fresh };
}

async function build(): Promise<string> {
  const { bundleWorkflowCode, DefaultLogger } = await import("@temporalio/worker");
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(builtDirectory(), "workflows", "index.js"),
    payloadConverterPath: path.join(builtDirectory(), "workflows", "payload-converter.js"),
    logger: new DefaultLogger("WARN"),
  });
  return lightened(code);
}

/**
 * The same code in less memory, of which a process for workflows has two copies: its source map
 * without the sources, and escapes for the few characters that would make two bytes of each.
 */
function lightened(bundle: string): string {
  const begin = bundle.lastIndexOf("base64,") + "base64,".length;
  const { sourcesContent: _, ...map } = JSON.parse(Buffer.from(bundle.slice(begin), "base64").toString()) as object & {
    sourcesContent?: unknown;
  };
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const code = bundle.slice(0, begin).replace(/[^\0-\xff]/g, escaped);
  return code + Buffer.from(JSON.stringify(map)).toString("base64");
}

/** SHA-256 over everything that the bundle is made from. */
function sourcesDigest(): string {
  const files = bundledModules.flatMap((module) =>
    readdirSync(path.join(builtDirectory(), module), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".js"))
      .sort()
      .flatMap((name) => [`${module}/${name}\n`, readFileSync(path.join(builtDirectory(), module, name))]),
  );
  return piecesDigest([...files, ...packages.map((name) => `${name} ${packageVersion(name)}\n`)]);
}

/**
 * Two processes may build at the same time: each writes its own file, the last one stays, both are
 * the same.
 */
function writeWhole(file: string, content: string): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) void workflowBundle();
