import http from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  path: string;
  range: string | undefined;
  authorization: string | undefined;
  status: number;
}

export interface ServedFile {
  content: Buffer;
  /** Content-Type. */
  type?: string;
  etag?: string;
  /**
   * How many bytes each answer sends before the connection is cut; after these, answers are whole.
   * See `received`.
   */
  cuts?: number[];
  ranges?: boolean;
  status?: number;
  redirect?: string;
  /** Answers do not say how long they are. */
  unsized?: boolean;
  /** Answers are a part of the file, which nobody has asked for. */
  unasked?: boolean;
}

/** A web server of files by path, with ranges, tags, cuts and a record of what was asked. */
export class FileServer {
  readonly files = new Map<string, ServedFile>();
  readonly asked: Asked[] = [];
  private held: { response: http.ServerResponse; at: number } | undefined;
  private readonly server = http.createServer((request, response) => this.answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /**
   * Cuts the connection that was to be cut once the client has received this number of bytes of the
   * file.
   */
  received(bytes: number): void {
    if (this.held && bytes >= this.held.at) this.held.response.destroy();
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { pathname } = new URL(request.url!, "http://host");
    const path = decodeURIComponent(pathname);
    const file = this.files.get(path);
    const { range, authorization } = request.headers;
    const send = (status: number, headers: http.OutgoingHttpHeaders = {}, body?: Buffer) => {
      this.asked.push({ path, range, authorization, status });
      response.writeHead(status, headers).end(body);
    };
    if (!file) return send(404);
    if (file.redirect !== undefined) return send(302, { location: file.redirect });
    if (file.status !== undefined) return send(file.status);
    if (file.etag !== undefined && request.headers["if-none-match"] === file.etag) return send(304);
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const current = request.headers["if-range"] === undefined || request.headers["if-range"] === file.etag;
    const partial = start > 0 && file.ranges !== false && current;
    const body = partial ? file.content.subarray(start) : file.content;
    const headers: http.OutgoingHttpHeaders = file.unsized ? {} : { "content-length": body.length };
    if (file.type !== undefined) headers["content-type"] = file.type;
    if (file.etag !== undefined) headers["etag"] = file.etag;
    if (partial) headers["content-range"] = `bytes ${start}-${file.content.length - 1}/${file.content.length}`;
    const status = partial || file.unasked ? 206 : 200;
    const cut = file.cuts?.shift();
    if (cut === undefined) return send(status, headers, body);
    this.asked.push({ path, range, authorization, status });
    if (cut === 0) return void response.destroy();
    this.held = { response, at: (partial ? start : 0) + cut };
    response.writeHead(status, headers).write(body.subarray(0, cut));
  }
}
