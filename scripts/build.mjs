// `npm run build`: compiles the sources to dist/, with the workflow bundle and the studio's page,
// where they have changed.
import { build } from "./setup/build.mjs";
import { root } from "./setup/generated.mjs";

build(root);
