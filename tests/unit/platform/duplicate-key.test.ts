import fc from "fast-check";
import { duplicateKey } from "../../../platform/text/duplicate-key.js";

test("what JSON.stringify writes has no key twice", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => expect(duplicateKey(JSON.stringify(value, null, 1))).toBeUndefined()),
  );
});

test.each([
  ['{"a":1,"a":2}', "a"],
  ['{"a":{"b":1},"c":[{"b":1,"d":2,"b":3}]}', "b"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"a\\"{":"}","a\\"{":[]}', 'a"{'],
  ['[{"a":["a","a"]},{"a":{}}, "a"]', undefined],
  ['{"a":{"a":{"a":"a"}},"b":"a"}', undefined],
])("%s", (text, key) => {
  expect(duplicateKey(text)).toBe(key);
});
