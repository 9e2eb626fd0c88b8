import { allResults } from "../../store/records/all-results.js";
import { homeDirectory } from "../../store/home.js";
import type { Terminal } from "../terminal.js";
import { namedArtifact } from "../tracing/artifact-name.js";
import { ancestry, descent, type ArtifactNode } from "../../report/run/artifact-tree.js";
import type { Verb } from "../verb.js";

/**
 * `pawl lineage ARTIFACT`: what an artifact was made from, and what was made from it, as far as the
 * store records it.
 */
export const lineage: Verb = (command, terminal) => {
  command.argument("<artifact>", "RUN/STAGE/OUTPUT, or the beginning of a digest").action(async (name: string) => {
    const home = homeDirectory();
    const ref = await namedArtifact(home, "lineage", name);
    const results = await allResults(home);
    const [from, to] = [ancestry(results, ref), descent(results, ref)];
    if (terminal.json) return terminal.out(JSON.stringify({ from, to }));
    show(from, 0, terminal);
    terminal.out(to.next.length === 0 ? "\nnothing was made from it" : "\nmade from it:");
    for (const node of to.next) show(node, 1, terminal);
  });
};

function show({ ref, by, next, repeated }: ArtifactNode, depth: number, terminal: Terminal): void {
  const maker = by === undefined ? "not recorded in this store" : `${by.stage} (${by.uses}) of ${by.run}`;
  const name = `${by?.output ?? ref.artifact} ${terminal.colors.dim(ref.digest.slice(0, 12))}`;
  terminal.out(`${"  ".repeat(depth)}${name}  ${maker}${repeated ? ", as above" : ""}`);
  for (const node of next) show(node, depth + 1, terminal);
}
