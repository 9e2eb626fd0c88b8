import type { Graph } from "../graph.js";

/** Above every visit's number: the component is found. */
const found = 0xffffffff;

/**
 * Strong components by depth-first search (Tarjan 1972), without recursion, in Pearce's form
 * (2016): a node is a component's root if nothing below it leads to an earlier visit, and the open
 * nodes since its own visit are its component.
 * @param done [nodes] not 0 for nodes whose component is known; the components of the others do not
 *   contain them
 * @param label [nodes] gets a component's root for each of the others
 */
export function labelStrong({ nodes, out }: Graph, done: Uint8Array, label: Uint32Array): void {
  const { offsets, targets } = out;
  const visit = new Uint32Array(nodes);
  /** The earliest visit that a node is known to lead to; 0 before its own. */
  const low = new Uint32Array(nodes);
  for (let v = 0; v < nodes; v++) if (done[v] !== 0) low[v] = found;
  const next = offsets.slice(0, nodes);
  const path = new Uint32Array(nodes);
  const open = new Uint32Array(nodes);
  let opened = 0;
  let visits = 0;
  for (let start = 0; start < nodes; start++) {
    if (low[start] !== 0) continue;
    let depth = 0;
    path[0] = start;
    low[start] = visit[start] = ++visits;
    while (depth >= 0) {
      const v = path[depth]!;
      let least = low[v]!;
      let i = next[v]!;
      const last = offsets[v + 1]!;
      // Stops at a node not yet visited; its entry is read again when it is done.
      for (let seen; i < last && (seen = low[targets[i]!]!) !== 0; i++) if (seen < least) least = seen;
      next[v] = i;
      low[v] = least;
      if (i < last) {
        const child = targets[i]!;
        low[child] = visit[child] = ++visits;
        path[++depth] = child;
        continue;
      }
      depth--;
      open[opened++] = v;
      if (least < visit[v]!) continue;
      while (opened > 0 && visit[open[opened - 1]!]! >= least) {
        const member = open[--opened]!;
        low[member] = found;
        label[member] = v;
      }
    }
  }
}
