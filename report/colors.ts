/**
 * Colors of reports and the studio, light and dark: every text color has a contrast of at least 4.5
 * on `bg` and `panel`.
 */
export const tokens = {
  bg: ["#ffffff", "#15181d"],
  panel: ["#f6f7f8", "#1d2127"],
  fg: ["#1b1f24", "#e4e7eb"],
  muted: ["#59626d", "#9aa4b0"],
  line: ["#d9dde2", "#343b45"],
  accent: ["#0b5fc0", "#6fb1ff"],
  other: ["#a04a00", "#f0a35e"],
  ok: ["#1a7032", "#5fc878"],
  warn: ["#8a5a00", "#e3b341"],
  bad: ["#b3261e", "#ff8a80"],
  calm: ["#4b6b55", "#9bb8a4"],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

const declared = (mode: 0 | 1): string =>
  Object.entries(tokens)
    .map(([name, colors]) => `--${name}:${colors[mode]};`)
    .join("");

/** The colors as custom properties of CSS, declared for the light and the dark mode. */
export const declaredColors = { light: declared(0), dark: declared(1) } as const;
