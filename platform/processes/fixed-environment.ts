/**
 * Variables that every process has in which stages and their code run: results do not depend on the time zone and the language
 * of a machine. Code that wants others gets them from its definition, which belongs to the stage's key.
 */
export const fixedVariables: Readonly<Record<string, string>> = { TZ: "UTC", LANG: "C.UTF-8" };

/** An environment with these variables, and without others that go before them. */
export function withFixedVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(([name]) => !/^(LC_.*|LANGUAGE)$/.test(name));
  return { ...Object.fromEntries(others), ...fixedVariables };
}
