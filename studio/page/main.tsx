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
  // Runs after the first view has subscribed to its topics.
  setTimeout(connect);
});
