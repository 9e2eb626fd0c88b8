import { withFixedVariables } from "../../../platform/processes/fixed-environment.js";

test("time zone and language are the same on every machine; everything else stays", () => {
  const environment = { PATH: "/bin", TZ: "Asia/Tokyo", LANG: "de_DE", LANGUAGE: "de", LC_ALL: "de_DE", LC_TIME: "C" };
  expect(withFixedVariables(environment)).toEqual({ PATH: "/bin", TZ: "UTC", LANG: "C.UTF-8" });
});
