import type { Hono } from "hono";
import { PawlError } from "../../../platform/errors.js";
import { ancestry, descent } from "../../../report/run/artifact-tree.js";
import { readContents } from "../../../report/run/contents.js";
import { allResults } from "../../../store/records/all-results.js";
import { openArtifact } from "../../../store/artifacts/artifacts.js";
import { findArtifact, readArtifactManifest } from "../../../store/artifacts/find-artifact.js";
import type { ArtifactMessage } from "../../messages.js";
import type { StudioContext } from "../context.js";

/** How much of an artifact's files a page shows. */
const previewLimits = { rows: 50, columns: 50, tensors: 200, tokens: 200, values: 65_536 };
/** Files that are listed, and read. */
const maxFiles = 200;

/**
 * `/api/artifacts/DIGEST`: what an artifact is and holds; the digest may be its beginning, of four
 * digits or more.
 */
export function artifactRoutes(app: Hono, { home }: StudioContext): void {
  app.get("/api/artifacts/:digest", async (c) => {
    const beginning = c.req.param("digest");
    if (!/^[0-9a-f]{4,64}$/.test(beginning))
      throw new PawlError("ARTIFACT_MISSING", "this names no artifact", {
        expected: "at least 4 hexadecimal digits of a digest",
        got: beginning,
      });
    const ref = await findArtifact(home, beginning);
    const directory = await openArtifact(home, ref);
    const { files } = await readArtifactManifest(home, ref.digest);
    const results = await allResults(home);
    return c.json({
      ...{ kind: ref.artifact, digest: ref.digest },
      files: files.slice(0, maxFiles).map(({ path, size }) => ({ path, size })),
      contents: await readContents(
        directory,
        files.slice(0, maxFiles).map((file) => file.path),
        previewLimits,
      ),
      madeFrom: ancestry(results, ref),
      usedFor: descent(results, ref),
    } satisfies ArtifactMessage);
  });
}
