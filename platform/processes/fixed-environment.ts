/**
 * Every process that runs a stage gets these variables, so that results do not depend on the
 * machine's time zone and language. A definition can set others; they are part of the stage's key.
 */
export const fixedVariables: Readonly<Record<string, string>> = { TZ: "UTC", LANG: "C.UTF-8" };

/** Returns an environment with these variables, without any that would override them. */
export function withFixedVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(([name]) => !/^(LC_.*|LANGUAGE)$/.test(name));
  return { ...Object.fromEntries(others), ...fixedVariables };
}
