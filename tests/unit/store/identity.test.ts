import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { layout } from "../../../store/home.js";
import { storeId } from "../../../store/ownership/identity.js";
import { useDirectory } from "../../support/directory.js";
const home = useDirectory();
const other = useDirectory();
afterEach(() => jest.restoreAllMocks());

test("a store has a random id, the same for all that begin it at the same time, and for ever", async () => {
  const ids = await Promise.all(Array.from({ length: 8 }, () => storeId(home())));
  expect(new Set(ids)).toEqual(new Set([expect.stringMatching(/^[0-9a-f]{12}$/)]));
  expect(await storeId(home())).toBe(ids[0]);
  expect(await storeId(other())).not.toBe(ids[0]);
  expect(readdirSync(layout.temporary(home()))).toEqual([]);
});

test.each([0, 1])("copy %d of it, damaged or missing, is made again from the other", async (which) => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const id = await storeId(home());
  const file = layout.identity(home())[which]!;
  for (const damage of [() => writeFileSync(file, "null"), () => rmSync(file)]) {
    damage();
    expect(await storeId(home())).toBe(id);
    expect(existsSync(file)).toBe(true);
  }
});
