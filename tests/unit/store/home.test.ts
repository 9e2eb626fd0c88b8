import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { connect } from "../../../api/connection.js";
import { exitCodes } from "../../../cli/exit-codes.js";
import { main } from "../../../cli/program.js";
import { homeKey } from "../../../store/ownership/home-key.js";
import { openHome } from "../../../store/home.js";
import { useDirectory } from "../../support/directory.js";
import { recordedTerminal } from "../../support/terminal.js";

const directory = useDirectory();
const modeOf = (file: string): string => (statSync(file).mode & 0o7777).toString(8);

describe("the home directory", () => {
  it("is made for its owner alone", () => {
    const home = path.join(directory(), "deep/home");
    openHome(home);
    expect(modeOf(home)).toBe("700");
  });

  it.each([
    ["open to all", 0o777, "700"],
    ["open to a group by its umask", 0o775, "700"],
    ["made in a directory that is shared with a group", 0o2755, "2700"],
    ["readable by all", 0o755, "700"],
    ["shared with a group", 0o2770, "2770"],
    ["shared with a group, readable by others", 0o2775, "2770"],
    ["closed", 0o700, "700"],
  ])("that is %s keeps others out", (_, mode, expected) => {
    const home = path.join(directory(), "home");
    mkdirSync(home);
    chmodSync(home, mode);
    openHome(home);
    expect(modeOf(home)).toBe(expected);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  const other = 65_534;

  asRoot("of another user is refused with its key, for the command line as well (only root can make one)", async () => {
    const home = path.join(directory(), "home");
    mkdirSync(home);
    writeFileSync(path.join(home, "key"), "0".repeat(64));
    chownSync(home, other, other);
    chmodSync(home, 0o755);
    const refused = expect.objectContaining({
      code: "STORE_UNREADABLE",
      message: "PAWL_HOME belongs to another user",
      facts: expect.objectContaining({ where: home, got: "a directory of the user 65534; this user is 0" }),
    }) as Error;
    expect(() => openHome(home)).toThrow(refused);
    expect(() => homeKey(home)).toThrow(refused);
    await expect(connect({ home })).rejects.toEqual(refused);
    process.env["PAWL_HOME"] = home;
    try {
      const terminal = recordedTerminal();
      expect(await main(["list"], terminal)).toBe(exitCodes.failed);
      expect(terminal.written.note).toContain("PAWL_HOME belongs to another user");
    } finally {
      delete process.env["PAWL_HOME"];
    }
    expect(modeOf(home)).toBe("755");
    chmodSync(home, 0o2775);
    openHome(home);
    expect(homeKey(home)).toEqual(Buffer.alloc(32));
  });

  it.each([
    ["a file", "file"],
    ["below a file", "file/home"],
    ["in a place where nothing can be made", "/proc/home"],
  ])("that is %s is a clear error", (_, name) => {
    writeFileSync(path.join(directory(), "file"), "");
    const home = path.resolve(directory(), name);
    expect(() => openHome(home)).toThrow(
      expect.objectContaining({ code: "STORE_UNREADABLE", facts: expect.objectContaining({ where: home }) }),
    );
  });
});

describe("the key of a home", () => {
  it("is made once, only its owner can read it, and it stays", () => {
    const home = path.join(directory(), "home");
    const key = homeKey(home);
    expect(key).toHaveLength(32);
    expect(homeKey(home)).toEqual(key);
    expect(modeOf(path.join(home, "key"))).toBe("600");
    expect(readdirSync(home)).toEqual(["key"]);
  });

  it("differs between homes", () => {
    expect(homeKey(path.join(directory(), "one"))).not.toEqual(homeKey(path.join(directory(), "two")));
  });

  it("can be read by the group of a home that is shared with it", () => {
    const home = path.join(directory(), "home");
    mkdirSync(home);
    chmodSync(home, 0o2770);
    homeKey(home);
    expect(modeOf(path.join(home, "key"))).toBe("640");
  });

  it.each([0o770, 0o2750])("is its owner's alone in a home of mode %o, which nobody shared on purpose", (mode) => {
    const home = path.join(directory(), "home");
    mkdirSync(home);
    chmodSync(home, mode);
    homeKey(home);
    expect(modeOf(path.join(home, "key"))).toBe("600");
  });

  it.each(["not a key", "", "0".repeat(63)])("that is damaged (%j) is set aside, and a new one is made", (text) => {
    writeFileSync(path.join(directory(), "key"), text);
    const key = homeKey(directory());
    expect(homeKey(directory())).toEqual(key);
    expect(readFileSync(path.join(directory(), "key.damaged"), "utf8")).toBe(text);
  });

  it("that has become a directory is set aside as well", () => {
    mkdirSync(path.join(directory(), "key"));
    mkdirSync(path.join(directory(), "key.damaged"));
    expect(homeKey(directory())).toEqual(homeKey(directory()));
  });
});
