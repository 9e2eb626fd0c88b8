import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { installed, packageRoot, temporalCliPath, tensorflowModule } from "../../platform/program/locations.js";
import { startDevServer, type DevServer } from "../../worker/server/dev-server.js";
import { barelyTrained } from "./cli/shell.js";

/** An ordinary user of this machine: nobody. */
const user = 65_534;
const isRoot = process.getuid?.() === 0;

/** Whether every user may enter a directory: temporary directories are often private. */
function isOpen(directory: string): boolean {
  const parent = path.dirname(directory);
  return (statSync(directory).mode & 0o001) !== 0 && (parent === directory || isOpen(parent));
}

/** Set-up's function that fills a directory of the cache. */
type Provide = (directory: string, fill: (temporary: string) => void) => void;
const setUp = path.join(packageRoot(), "scripts", "setup", "wheels.mjs");

/**
 * Directories as the image has them: set up by root, used by another; files are links to those of
 * this checkout.
 */
class Image {
  readonly directory = mkdtempSync(path.join(isOpen(tmpdir()) ? tmpdir() : "/tmp", "pawl-image-"));
  readonly app = path.join(this.directory, "app");
  readonly cache = path.join(this.directory, "opt");
  readonly home = path.join(this.directory, "pawl");
  readonly project = path.join(this.directory, "project");
  readonly #running = new Set<ChildProcess>();

  constructor(provide: Provide) {
    chmodSync(this.directory, 0o755);
    mkdirSync(this.app);
    for (const name of ["package.json", "dist", "node_modules"]) copyTree(path.join(packageRoot(), name), this.app);
    this.#cache(provide);
    for (const owned of [this.home, this.project, path.join(this.project, "exports")]) {
      mkdirSync(owned);
      chownSync(owned, user, user);
    }
    chmodSync(this.home, 0o700);
    mkdirSync(path.join(this.project, "pipelines"));
  }

  /** What set-up provides, filled from this machine's cache. */
  #cache(provide: Provide): void {
    const { tensorflow } = installed()!;
    const fill = (from: string, to: string): void =>
      provide(to, (temporary) => {
        for (const name of readdirSync(from)) copyTree(path.join(from, name), temporary);
      });
    fill(path.dirname(temporalCliPath()), path.join(this.cache, "temporal"));
    const temporal = { path: path.join(this.cache, "temporal", "temporal"), version: installed()!.temporal.version };
    const directory = path.join(this.cache, "tensorflow");
    if (tensorflow) {
      const module = path.join(this.app, "node_modules", ".tfjs-node-gpu");
      const from = tensorflowModule();
      fill(path.join(from, "deps"), path.join(directory, "deps"));
      fill(path.join(from, "lib", "napi-v8"), path.join(directory, "tfjs", "napi-v8"));
      for (const [name, place] of Object.entries({ deps: "deps", lib: "tfjs" })) {
        rmSync(path.join(module, name));
        symlinkSync(path.join(directory, place), path.join(module, name));
      }
    }
    const record = path.join(this.app, "node_modules", ".pawl.json");
    rmSync(record);
    writeFileSync(
      record,
      JSON.stringify({
        cacheDirectory: this.cache,
        temporal,
        ...(tensorflow && { tensorflow: { ...tensorflow, directory } }),
      }),
    );
  }

  /** Starts the image's command with these arguments, as its user. */
  start(args: readonly string[], server: DevServer): ChildProcess {
    const [program, ...rest] = [process.execPath, path.join(this.app, "dist", "cli", "main.js"), ...args];
    const environment = { PATH: process.env["PATH"], CI: "1", PAWL_HOME: this.home, TEMPORAL_ADDRESS: server.address };
    const child = spawn(program, rest, { uid: user, gid: user, cwd: this.project, env: environment });
    this.#running.add(child);
    child.on("close", () => this.#running.delete(child));
    return child;
  }

  async run(args: readonly string[], server: DevServer): Promise<{ code: number | null; said: string }> {
    const child = this.start(args, server);
    let said = "";
    for (const stream of [child.stdout!, child.stderr!])
      stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, said };
  }

  remove(): void {
    for (const child of this.#running) child.kill("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/**
 * Copies without owner and mode of directories; files become links where one file system holds
 * both.
 */
function copyTree(from: string, to: string): void {
  const copies = ["-rPlf", "-rPf"].map((how) => () => spawnSync("cp", [how, from, to], { encoding: "utf8" }));
  if (!copies.some((copy) => copy().status === 0)) throw new Error(`${from} cannot be copied to ${to}`);
}

(isRoot ? describe : describe.skip)(
  "the image's commands as another user than the one that set it up (needs root)",
  () => {
    let image: Image;
    let server: DevServer;
    beforeAll(async () => {
      image = new Image(((await import(setUp)) as { provide: Provide }).provide);
      server = await startDevServer();
    });
    afterAll(async () => {
      image.remove();
      await server.stop();
    });

    const instruction = (name: string): string[] => {
      const dockerfile = readFileSync(path.join(packageRoot(), "worker", "Dockerfile"), "utf8");
      return JSON.parse(new RegExp(`^${name} (\\[.*\\])$`, "m").exec(dockerfile)![1]!) as string[];
    };

    test("the health check, and everything that doctor looks at", async () => {
      const { code, said } = await image.run(["doctor"], server);
      expect(said).not.toMatch(/^(fail|warn) {2}(TensorFlow|Temporal CLI)/m);
      expect(code).toBe(0);
      expect((await image.run(["doctor", "--no-tensorflow"], server)).code).toBe(0);
    });

    test("a worker takes a run from another container, trains, exports to the volume, and ends on SIGTERM", async () => {
      writeFileSync(
        path.join(image.project, "pipelines", "small.yaml"),
        `name: small
stages:
${barelyTrained(16)}  out:
    uses: export
    with: { model: "\${{ stages.base.outputs.model }}", to: exports/small }
`,
      );
      const worker = image.start(instruction("CMD"), server);
      const { code, said } = await image.run(["run", "small"], server);
      expect({ code, said }).toMatchObject({ code: 0 });
      const exported = statSync(path.join(image.project, "exports", "small"));
      expect([exported.uid, exported.mode & 0o777]).toEqual([user, 0o755]);
      worker.kill("SIGTERM");
      expect(await once(worker, "close")).toEqual([0, null]);
    });
  },
);
