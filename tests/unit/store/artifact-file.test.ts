import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openArtifactFile, putArtifact } from "../../../store/artifacts/artifacts.js";
import { layout } from "../../../store/home.js";
import { useDirectory } from "../../support/directory.js";
const home = useDirectory();

const put = () =>
  putArtifact(home(), "dataset", (directory) => {
    for (const name of ["small", "large"]) writeFileSync(path.join(directory, name), name);
  });

test("only the file that is read is verified", async () => {
  const ref = await put();
  const directory = layout.object(home(), ref.digest);
  writeFileSync(path.join(directory, "large"), "changed");
  expect(await openArtifactFile(home(), ref, "small")).toBe(directory);
  await expect(openArtifactFile(home(), ref, "large")).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
  await expect(openArtifactFile(home(), ref, "absent")).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
});

test("a manifest that is damaged or missing, and a name that is no digest, are refused", async () => {
  const ref = await put();
  const manifest = path.join(layout.object(home(), ref.digest), "manifest.json");
  writeFileSync(manifest, "{}");
  await expect(openArtifactFile(home(), ref, "small")).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
  rmSync(manifest);
  await expect(openArtifactFile(home(), ref, "small")).rejects.toMatchObject({ code: "ARTIFACT_MISSING" });
  const other = { ...ref, digest: "../x" };
  await expect(openArtifactFile(home(), other, "small")).rejects.toMatchObject({ code: "PATH_TRAVERSAL" });
});
