import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node.js";
import { packageRoot } from "../../../platform/program/locations.js";

/**
 * What editors with YAML support run behind the window: yaml-language-server, without any network.
 */
export interface Editor {
  /** Messages about a text, each with its line. */
  open(text: string): Promise<string[]>;
  /** What is proposed at the place marked | in a text. */
  completions(text: string): Promise<string[]>;
  /** What is shown over the place marked | in a text. */
  hover(text: string): Promise<string>;
  close(): void;
}

interface Diagnostics {
  uri: string;
  diagnostics: { message: string; range: { start: { line: number } } }[];
}

const settings: Record<string, unknown> = {
  yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false } },
};

const require = createRequire(path.join(packageRoot(), "package.json"));

/** Starts the server; texts are opened as files of `pipelines/`. */
export async function startEditor(): Promise<Editor> {
  const program = require.resolve("yaml-language-server/bin/yaml-language-server");
  const server = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const checked = new Map<string, (found: Diagnostics["diagnostics"]) => void>();
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }: Diagnostics) =>
    checked.get(uri)?.(diagnostics),
  );
  connection.onRequest("workspace/configuration", ({ items }: { items: { section: string }[] }) =>
    items.map(({ section }) => settings[section] ?? {}),
  );
  connection.onRequest("client/registerCapability", () => null);
  connection.listen();
  const capabilities = {
    workspace: { configuration: true },
    textDocument: { hover: { contentFormat: ["markdown"] }, completion: {} },
  };
  await connection.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities });
  await connection.sendNotification("initialized", {});
  await connection.sendNotification("workspace/didChangeConfiguration", { settings });

  let opened = 0;
  const show = async (text: string): Promise<{ uri: string; diagnostics: Diagnostics["diagnostics"] }> => {
    const uri = pathToFileURL(path.join(packageRoot(), "pipelines", `opened-${++opened}.yaml`)).href;
    const found = new Promise<Diagnostics["diagnostics"]>((resolve) => checked.set(uri, resolve));
    const textDocument = { uri, languageId: "yaml", version: 1, text };
    await connection.sendNotification("textDocument/didOpen", { textDocument });
    return { uri, diagnostics: await found };
  };
  const at = async (marked: string) => {
    const before = marked.slice(0, marked.indexOf("|")).split("\n");
    const { uri } = await show(marked.replace("|", ""));
    return { textDocument: { uri }, position: { line: before.length - 1, character: before.at(-1)!.length } };
  };
  return {
    async open(text) {
      const { diagnostics } = await show(text);
      return diagnostics.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
    },
    async completions(marked) {
      const { items } = await connection.sendRequest<{ items: { label: string }[] }>(
        "textDocument/completion",
        await at(marked),
      );
      return items.map(({ label }) => label);
    },
    async hover(marked) {
      const shown = await connection.sendRequest<{ contents: { value: string } } | null>(
        "textDocument/hover",
        await at(marked),
      );
      return shown?.contents.value ?? "";
    },
    close() {
      connection.dispose();
      server.kill();
    },
  };
}
