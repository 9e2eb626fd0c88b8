import type { TableColumn } from "../formats/table.js";
import { socialNetwork as makeNetwork, type AccountRow, type FollowRow } from "../graph/social-network.js";
import type { Stage } from "./stage.js";
import { putTable } from "./tables/put.js";

/**
 * Generates a synthetic network, the same for the same seed: to try things out, and to show what
 * features add.
 */
export const socialNetwork: Stage<"social-network"> = async (settings, context) => {
  const { accounts, follows } = makeNetwork(settings, context.seed);
  const made = `synthetic network, seed ${context.seed}`;
  const outputs = {
    nodes: await putTable(context, { name: "nodes", description: `accounts of a ${made}` }, accountColumns(accounts)),
    edges: await putTable(context, { name: "edges", description: `follows of a ${made}` }, followColumns(follows)),
  };
  const subscribers = accounts.filter(({ subscriber }) => subscriber).length / accounts.length;
  return { outputs, metrics: { nodes: accounts.length, edges: follows.length, subscribers } };
};

function accountColumns(rows: readonly AccountRow[]): TableColumn[] {
  return [
    { name: "id", type: "integer", values: Float64Array.from(rows, ({ id }) => id) },
    { name: "age", type: "integer", values: Float64Array.from(rows, ({ age }) => age) },
    { name: "country", type: "text", values: rows.map(({ country }) => country) },
    { name: "topic", type: "text", values: rows.map(({ topic }) => topic) },
    { name: "posts", type: "integer", values: Float64Array.from(rows, ({ posts }) => posts) },
    { name: "subscriber", type: "boolean", values: Float64Array.from(rows, ({ subscriber }) => Number(subscriber)) },
  ];
}

function followColumns(rows: readonly FollowRow[]): TableColumn[] {
  return (["follower", "followed", "messages"] as const).map((name) => ({
    name,
    type: "integer",
    values: Float64Array.from(rows, (row) => row[name]),
  }));
}
