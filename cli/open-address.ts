import { spawn } from "node:child_process";

/**
 * The command that opens an address in the user's browser; undefined if there is no display.
 * @param environment of the user
 */
export function browserCommand(
  address: string,
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): [program: string, ...args: string[]] | undefined {
  if (platform === "darwin") return ["open", address];
  if (platform === "win32") return ["cmd", "/c", "start", "", address];
  return environment["DISPLAY"] || environment["WAYLAND_DISPLAY"] ? ["xdg-open", address] : undefined;
}

/** Opens an address in the user's browser; false if that is not possible here. */
export async function openAddress(address: string): Promise<boolean> {
  const [program, ...args] = browserCommand(address, process.platform, process.env) ?? [];
  if (program === undefined) return false;
  const child = spawn(program, args, { detached: true, stdio: "ignore" });
  const started = await new Promise<boolean>((resolve) => {
    child.once("spawn", () => resolve(true));
    child.once("error", () => resolve(false));
  });
  child.unref();
  return started;
}
