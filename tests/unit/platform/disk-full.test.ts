import fs, { statfsSync } from "node:fs";
import path from "node:path";
import { asServerError } from "../../../api/servers/grpc.js";
import { resourceError } from "../../../activities/dataset/tables/resource-error.js";
import { diskFullError, hasNoRoom, isDiskFull } from "../../../platform/disk-full.js";
import { storeError } from "../../../store/errors.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
const full = (more: object = {}) =>
  Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", ...more });
const sizeOf = (place: string): string => {
  const { bsize, blocks } = statfsSync(place);
  return `of ${Math.floor((bsize * blocks) / 1e6)} MB`;
};

const embedded = { address: "127.0.0.1:7233", embedded: true };

describe("a full disk is", () => {
  test("measured at the file that could not be written, also where its directory no longer exists", () => {
    const error = diskFullError(full({ path: path.join(directory(), "gone", "file") }), ["/proc"]);
    expect(error).toMatchObject({
      code: "DISK_FULL",
      facts: { where: directory(), got: expect.stringContaining(sizeOf(directory())) },
    });
  });
  test("where no file is named, the one with the least room of those that may be written", () => {
    // There is no room at all on it.
    const error = diskFullError(full(), [directory(), "/proc"]);
    expect(error.facts).toMatchObject({ where: "/proc", got: "0 MB free of 0 MB" });
  });
  test.each([
    [full(), true],
    [Object.assign(new Error("x"), { code: "EDQUOT" }), true],
    [new Error("2 UNKNOWN: UpdateWorkflowExecution failed: database or disk is full (13)"), true],
    [new Error("x", { cause: full() }), true],
    [Object.assign(new Error("x"), { code: "EIO" }), false],
    [undefined, false],
    ["text", false],
  ])("recognized: %s, %s", (error, expected) => expect(isDiskFull(error)).toBe(expected));

  test("told by the store, by DuckDB, and by a server whose database has no room", () => {
    expect(storeError(full(), directory())).toMatchObject({ code: "DISK_FULL" });
    const temporary = resourceError('IO Error: Could not write file "x": No space left on device', "a.csv", "/proc");
    expect(temporary).toMatchObject({ code: "DISK_FULL", facts: { where: "/proc" } });
    const unavailable = Object.assign(new Error("14 UNAVAILABLE: database or disk is full (13)"), { code: 14 });
    expect(asServerError(unavailable, embedded)).toMatchObject({ code: "DISK_FULL" });
    expect(asServerError(Object.assign(new Error("14 UNAVAILABLE"), { code: 14 }), embedded)).toMatchObject({
      code: "SERVER_UNREACHABLE",
    });
  });
});

describe("a disk without room behind a server that says nothing of it", () => {
  const away = () => Object.assign(new Error("14 UNAVAILABLE"), { code: 14 });
  /** All disks have so much room, bytes. */
  const room = (free: number, blocks = 1000): void => {
    const state = { bavail: free / 4096, bsize: 4096, blocks } as ReturnType<typeof statfsSync>;
    jest.spyOn(fs, "statfsSync").mockReturnValue(state);
  };
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test.each([0, 1 << 20])("is full with %d bytes free: the embedded server is away because of it", (free) => {
    room(free);
    expect(hasNoRoom([directory()])).toBe(true);
    expect(asServerError(away(), embedded)).toMatchObject({ code: "DISK_FULL" });
  });
  test("is not full with room for a write-ahead log, nor where it does not tell its size", () => {
    room(1 << 24);
    expect(hasNoRoom([directory()])).toBe(false);
    expect(asServerError(away(), embedded)).toMatchObject({ code: "SERVER_UNREACHABLE" });
    room(0, 0);
    expect(hasNoRoom([directory()])).toBe(false);
    expect(hasNoRoom([])).toBe(false);
  });
  test("says nothing of a server that lies elsewhere", () => {
    room(0);
    expect(asServerError(away(), { ...embedded, embedded: false })).toMatchObject({ code: "SERVER_UNREACHABLE" });
  });
});

describe("what DuckDB does not get of the system is not the query's fault", () => {
  test.each([
    ['IO Error: Cannot open file "x": Too many open files'],
    ["Out of Memory Error: failed to allocate data of size 16.0 KiB (1.0 GiB/1.0 GiB used)"],
    ['IO Error: Could not read from file "x": Input/output error'],
  ])("%s", (message) => {
    expect(resourceError(message, "file a.csv", "/proc")).toMatchObject({
      code: "RESOURCES_EXHAUSTED",
      facts: { where: "file a.csv" },
    });
  });
  test.each([
    ['Binder Error: Referenced column "x" not found'],
    ["Conversion Error: Could not convert string 'x' to INT32"],
  ])("%s is another matter", (message) => expect(resourceError(message, "file a.csv", "/proc")).toBeUndefined());
});
