/**
 * The GPUs that worker processes get, one each, as CUDA_VISIBLE_DEVICES names them.
 * @param count the maximum number of them
 * @param visible this process's CUDA_VISIBLE_DEVICES; as for CUDA, devices from the first `-1` on
 *   are hidden, and an empty list hides all
 */
export function gpuDevices(count: number, visible: string | undefined): string[] {
  if (visible === undefined) return Array.from({ length: count }, (_, i) => String(i));
  const devices = visible.split(",").map((device) => device.trim());
  const hidden = devices.findIndex((device) => device === "" || device === "-1");
  return devices.slice(0, hidden === -1 ? count : Math.min(hidden, count));
}
