import { append } from "../../../platform/lists.js";

test("a list of whatever length is appended", () => {
  const list = [0];
  append(
    list,
    Array.from({ length: 500_000 }, (_, i) => i + 1),
  );
  expect(list).toHaveLength(500_001);
  expect(list.at(-1)).toBe(500_000);
});
