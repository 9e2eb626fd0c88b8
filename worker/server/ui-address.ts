/** The variable that names the address of Temporal's web UI. */
export const uiVariable = "TEMPORAL_UI_ADDRESS";

/** The address of a namespace's runs in the web UI. */
export function runsAddress(uiAddress: string, namespace: string): string {
  return `${uiAddress}/namespaces/${encodeURIComponent(namespace)}/workflows`;
}

/** The address of a run in the web UI. */
export function runAddress(uiAddress: string, namespace: string, runId: string): string {
  return `${runsAddress(uiAddress, namespace)}/${encodeURIComponent(runId)}`;
}
