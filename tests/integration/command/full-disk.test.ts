import { asPawlError } from "../../../worker/attempts/stage-failure.js";
import { SmallDisk } from "../../support/small-disk.js";
import { commandContext, runCommand } from "./support.js";

const disk = new SmallDisk();
const isMounted = disk.mount();
beforeAll(() => void (process.env["PAWL_HOME"] = disk.home));
afterAll(() => {
  delete process.env["PAWL_HOME"];
  disk.remove();
});

(isMounted ? describe : describe.skip)("a program that fills the disk (needs root, to mount one)", () => {
  const filling = 'head -c 1000000000 /dev/zero > "$PAWL_OUTPUTS/much"';

  test.each([
    ["and ends", filling],
    ["and prints on until it is stopped", `${filling} || while :; do echo more; done`],
  ])("%s", async (_what, run) => {
    const context = Object.assign(commandContext(disk.directory), { home: disk.home });
    const failure = await runCommand(context, { shell: true, run }).then(() => undefined, asPawlError);
    expect(failure).toMatchObject({
      code: "DISK_FULL",
      facts: { got: expect.stringMatching(/^0 MB free of \d+ MB$/) },
    });
    expect(failure!.facts.where!.startsWith(disk.home)).toBe(true);
    // What the program wrote has been removed: the next attempt can begin.
    await expect(runCommand(context, { shell: true, run: "true" })).resolves.toMatchObject({ outputs: {} });
  });
});
