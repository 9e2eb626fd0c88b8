import { render } from "preact";
import { App } from "./app.js";
import { listenForKeys } from "./keys.js";
import { connect } from "./live.js";
import { followLinks } from "./router.js";
import { enter } from "./session.js";

void enter().then(() => {
  followLinks();
  listenForKeys();
  render(<App />, document.getElementById("studio")!);
  // After the first view has said what it wants to be told of.
  setTimeout(connect);
});
