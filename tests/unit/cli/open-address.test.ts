import { browserCommand } from "../../../cli/open-address.js";

const address = "http://127.0.0.1:8233/namespaces/n/workflows/r";

test.each<[NodeJS.Platform, NodeJS.ProcessEnv, string[] | undefined]>([
  ["linux", {}, undefined],
  ["linux", { DISPLAY: "" }, undefined],
  ["linux", { DISPLAY: ":0" }, ["xdg-open", address]],
  ["linux", { WAYLAND_DISPLAY: "wayland-0" }, ["xdg-open", address]],
  ["darwin", {}, ["open", address]],
  ["win32", {}, ["cmd", "/c", "start", "", address]],
])("on %s with %j, %j opens an address", (platform, environment, expected) => {
  expect(browserCommand(address, platform, environment)).toEqual(expected);
});
