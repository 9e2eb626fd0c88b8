import { withoutText } from "./query-parameters.js";

/** Functions whose value is the moment at which the query runs, and what they are called as keywords. */
export const clockFunctions = new Set([
  "ago",
  "current_date",
  "current_localtime",
  "current_localtimestamp",
  "current_time",
  "current_timestamp",
  "get_current_time",
  "get_current_timestamp",
  "localtime",
  "localtimestamp",
  "now",
  "pg_conf_load_time",
  "pg_postmaster_start_time",
  "today",
  "transaction_timestamp",
  "txid_current",
  "uuidv7",
]);
/** Functions that tell of this process or machine; tables of that kind begin with one of `systemTables`. */
export const machineFunctions = new Set([
  "current_connection_id",
  "current_query_id",
  "current_setting",
  "current_transaction_id",
]);
export const systemTables = /^(duckdb|pragma|pg)_/;

/** What an error says of a name that depends on the time or the machine. */
export function unrepeatableFacts(name: string) {
  const isClock = clockFunctions.has(name);
  return {
    dependsOn: isClock ? "the clock" : "this process or machine",
    expected: "a query that gives the same rows whenever and wherever it runs",
    next: isClock
      ? 'write the date itself, or move the query to a file and give it as an input: query: { file: day.sql, parameters: { day: "${{ inputs.day }}" } }'
      : "leave it out",
  };
}

/**
 * The first call in a query of a function that depends on the time or the machine, with its line, from 1. Only calls are found:
 * a keyword such as `current_date` may be a column, which is known once the data are read.
 */
export function unrepeatableCall(query: string): { name: string; line: number } | undefined {
  const text = withoutText(query);
  for (const { 1: called = "", index } of text.matchAll(/(?<![\w.])([A-Za-z_]\w*)\s*\(/g)) {
    const name = called.toLowerCase();
    if (clockFunctions.has(name) || machineFunctions.has(name) || systemTables.test(name))
      return { name, line: text.slice(0, index).split("\n").length };
  }
  return undefined;
}
