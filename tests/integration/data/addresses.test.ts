import { writeFileSync } from "node:fs";
import type { LookupFunction } from "node:net";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { download, type DownloadLimits } from "../../../activities/dataset/sources/download.js";
import { fetchAddress } from "../../../activities/dataset/sources/fetch-address.js";
import { netrcEntry } from "../../../activities/dataset/sources/netrc.js";
import { validatePipeline } from "../../../compiler/compile.js";
import type { PipelineErrors } from "../../../compiler/errors.js";
import { redact } from "../../../platform/text/redact.js";
import { FileServer } from "./file-server.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure } from "../../support/datasets.js";

let context: TestContext;
let server: FileServer;
beforeEach(async () => {
  context = testContext();
  server = new FileServer();
  await server.start();
});
afterEach(async () => {
  await server.stop();
  context.remove();
});

const content = Buffer.from("a line\n".repeat(1000));
const usual: DownloadLimits = { bytes: 1e6, unpackedBytes: 1e6, growth: 100 };
const fetchFile = (name: string, limits = usual) =>
  download(
    { url: `${server.address}/${name}`, directory: path.join(context.workingDirectory, "downloads"), limits },
    context,
  );

/** Every name of a host stands for one address. */
const resolvesTo =
  (address: string): LookupFunction =>
  (_host, _options, done) =>
    done(null, [{ address, family: address.includes(":") ? 6 : 4 }]);
const ask = (url: string, resolve?: LookupFunction) =>
  fetchAddress({
    url,
    headers: { authorization: "Bearer token" },
    signal: context.signal,
    ...(resolve && { resolve }),
  });

describe("where an address may lead", () => {
  test("a redirect to another path of the same server is followed", async () => {
    server.files.set("/a.txt", { content: Buffer.alloc(0), redirect: "/b.txt" });
    server.files.set("/b.txt", { content });
    expect((await fetchFile("a.txt")).sha256).toHaveLength(64);
    expect(server.asked.map(({ path }) => path)).toEqual(["/a.txt", "/b.txt"]);
  });

  test.each([
    ["file:///etc/passwd", "file:"],
    ["ftp://example.com/x", "ftp:"],
    ["data:text/plain,x", "data:"],
  ])("a redirect to %s is refused", async (redirect, got) => {
    server.files.set("/a.txt", { content, redirect });
    expect(await catchFailure(fetchFile("a.txt"))).toMatchObject({ code: "NOT_ALLOWED", facts: { got } });
  });

  test.each([
    "http://localhost:1/",
    "http://127.0.0.2:1/",
    "http://[::1]:1/",
    "http://169.254.169.254/latest",
    "http://0.0.0.0:1/",
    "http://10.1.2.3:1/",
    "http://192.168.0.1:1/",
    "http://[fd12::1]:1/",
  ])("a redirect to %s, which only this machine or its network has, is refused", async (redirect) => {
    server.files.set("/a.txt", { content, redirect });
    expect(await catchFailure(fetchFile("a.txt"))).toMatchObject({
      code: "NOT_ALLOWED",
      message: "the address leads to this machine or its network",
    });
  });

  test.each(["169.254.169.254", "fe80::1", "::ffff:169.254.1.1"])(
    "a name that stands for %s is refused, also in the definition itself",
    async (address) => {
      const failure = await catchFailure(ask("http://data.example/x", resolvesTo(address)));
      expect(failure).toMatchObject({ code: "NOT_ALLOWED", facts: { where: "http://data.example/x", got: address } });
    },
  );

  test.each([
    ["127.0.0.1", "write 127.0.0.1 in place of the name"],
    ["::1", "write ::1 in place of the name"],
    ["::ffff:127.0.0.1", "write ::ffff:127.0.0.1 in place of the name"],
    ["0.0.0.0", "write 0.0.0.0 in place of the name"],
    ["10.0.0.1", "write 10.0.0.1 in place of the name"],
    ["172.31.0.1", "write 172.31.0.1 in place of the name"],
    ["192.168.1.1", "write 192.168.1.1 in place of the name"],
    ["100.64.0.1", "write 100.64.0.1 in place of the name"],
    ["fd00::1", "write fd00::1 in place of the name"],
  ])("a name that stands for %s is refused at the connection", async (address, next) => {
    const failure = await catchFailure(ask("http://data.example/x", resolvesTo(address)));
    expect(failure).toMatchObject({
      code: "NOT_ALLOWED",
      facts: { where: "http://data.example/x", got: address, next: expect.stringContaining(next) },
    });
  });

  test("a name of which one of several addresses is this machine's is refused", async () => {
    const resolve: LookupFunction = (_host, _options, done) =>
      done(null, [
        { address: "192.0.2.1", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]);
    expect(await catchFailure(ask("http://data.example/x", resolve))).toMatchObject({ facts: { got: "127.0.0.1" } });
  });

  test("this machine may be named by its address, or as localhost; a redirect from there leads to no other name of it", async () => {
    server.files.set("/a.txt", { content });
    const { port } = new URL(server.address);
    expect((await ask(`http://127.0.0.1:${port}/a.txt`)).statusCode).toBe(200);
    expect((await ask(`http://localhost:${port}/a.txt`, resolvesTo("127.0.0.1"))).statusCode).toBe(200);
    server.files.set("/b.txt", { content, redirect: `http://data.example:${port}/a.txt` });
    const failure = await catchFailure(ask(`http://127.0.0.1:${port}/b.txt`, resolvesTo("127.0.0.1")));
    expect(failure).toMatchObject({ code: "NOT_ALLOWED", facts: { got: "127.0.0.1" } });
  });

  test("a host that the workers' configuration names may be in their network, and no other", async () => {
    server.files.set("/a.txt", { content });
    server.files.set("/b.txt", { content, redirect: `http://other.example:${new URL(server.address).port}/a.txt` });
    const from = (name: string) =>
      fetchAddress({
        ...{ url: `${server.address.replace("127.0.0.1", "index.example")}/${name}`, headers: {} },
        ...{ signal: context.signal, resolve: resolvesTo("127.0.0.1"), operatorsHost: "index.example" },
      });
    expect((await from("a.txt")).statusCode).toBe(200);
    expect(await catchFailure(from("b.txt"))).toMatchObject({ code: "NOT_ALLOWED", facts: { got: "127.0.0.1" } });
  });

  test("an operator may allow it", async () => {
    process.env["PAWL_ALLOW_LOCAL_ADDRESSES"] = "1";
    try {
      server.files.set("/a.txt", { content, redirect: `${server.address.replace("127.0.0.1", "localhost")}/b.txt` });
      server.files.set("/b.txt", { content });
      expect((await ask(`${server.address}/a.txt`)).statusCode).toBe(200);
    } finally {
      delete process.env["PAWL_ALLOW_LOCAL_ADDRESSES"];
    }
    // Another origin: the token stays at home.
    expect(server.asked.map(({ authorization }) => authorization)).toEqual(["Bearer token", undefined]);
  });

  test("redirects without end are an error", async () => {
    server.files.set("/a.txt", { content, redirect: "/a.txt" });
    expect((await catchFailure(fetchFile("a.txt"))).message).toBe("the server sends too many redirects");
  });
});

describe("what a download may cost", () => {
  test("a file that says it is too large is refused before it is read; so is one that turns out to be", async () => {
    server.files.set("/a.txt", { content });
    expect(await catchFailure(fetchFile("a.txt", { ...usual, bytes: 100 }))).toMatchObject({
      code: "DATA_INVALID",
      facts: { expected: "at most 100 bytes", got: `${content.length} bytes or more` },
    });
    server.files.set("/b.txt", { content, unsized: true });
    expect((await catchFailure(fetchFile("b.txt", { ...usual, bytes: 100 }))).message).toBe(
      "the download is too large",
    );
  });

  test("a compressed file that unpacks to far more than its size is refused", async () => {
    const packed = gzipSync(Buffer.alloc(2_000_000));
    server.files.set("/bomb.txt.gz", { content: packed });
    const failure = await catchFailure(fetchFile("bomb.txt.gz", { ...usual, growth: 10 }));
    expect(failure).toMatchObject({ code: "DATA_INVALID", message: expect.stringContaining("unpacks to far more") });
    await fetchFile("bomb.txt.gz", { ...usual, growth: 10_000 });
    server.files.set("/plain.txt.gz", { content: gzipSync(content) });
    await fetchFile("plain.txt.gz");
  });

  test("a part of a file that was not asked for is no file", async () => {
    server.files.set("/a.txt", { content, unasked: true });
    expect(await catchFailure(fetchFile("a.txt"))).toMatchObject({
      code: "DOWNLOAD_FAILED",
      facts: { got: expect.stringContaining("206") },
    });
  });
});

describe("an address in a definition", () => {
  const errorsOf = async (url: string) => {
    const text = `name: one\nstages:\n  a: { uses: dataset, with: { source: { url: "${url}" } } }\n`;
    return validatePipeline({ text, file: "one.yaml" }).then(
      () => [],
      (error: PipelineErrors) => error.errors,
    );
  };

  test.each(["http://", "https://", "http://?x", "https://:80/x", "http://[::1", "https:// /x"])(
    "%j is located",
    async (url) => {
      expect(await errorsOf(url)).toMatchObject([{ code: "NOT_ALLOWED", line: 3 }]);
    },
  );

  test("that holds a password is refused, and what is printed does not show it", async () => {
    const [error] = await errorsOf("https://me:pa55w0rd@example.com/x.csv");
    expect(error).toMatchObject({ code: "NOT_ALLOWED", next: expect.stringContaining("machine example.com login") });
    expect(redact(JSON.stringify(error))).not.toContain("pa55w0rd");
    expect(await errorsOf("https://token@example.com/x.csv")).toHaveLength(1);
    expect(await errorsOf("https://example.com/x@y.csv?a=b")).toEqual([]);
  });
});

describe("passwords of the worker's netrc file", () => {
  const text =
    "# hosts\nmachine a.example login me password one\nmachine b.example\n  login you\n  password two\ndefault login any password three\n";

  test.each([
    ["a.example", { login: "me", password: "one" }],
    ["b.example", { login: "you", password: "two" }],
    ["c.example", { login: "any", password: "three" }],
  ])("of %s", (machine, entry) => expect(netrcEntry(text, machine)).toEqual(entry));

  test("nothing where there is none", () => {
    expect(netrcEntry("machine a login b", "a")).toBeUndefined();
    expect(netrcEntry("", "a")).toBeUndefined();
  });

  test("go to their server, and never into a message", async () => {
    const file = path.join(context.workingDirectory, "netrc");
    writeFileSync(file, "machine 127.0.0.1 login me password long-enough-secret\n");
    process.env["NETRC"] = file;
    try {
      server.files.set("/a.txt", { content });
      await fetchFile("a.txt");
    } finally {
      delete process.env["NETRC"];
    }
    const [{ authorization } = { authorization: "" }] = server.asked;
    expect(authorization).toBe(`Basic ${Buffer.from("me:long-enough-secret").toString("base64")}`);
    expect(redact(`sent long-enough-secret as ${authorization}`)).toBe("sent *** as Basic ***");
  });
});
