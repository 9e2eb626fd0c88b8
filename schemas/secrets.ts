/** Names of secrets: what an environment variable may be called. */
export const secretName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/**
 * What an expression that names a secret evaluates to: itself. So the name, and never the value, is in plans, history and
 * keys; the program that is given the secret gets the value in its place.
 */
export const secretMarker = (name: string): string => `\${{ secrets.${name} }}`;

/** Every marker of a secret in a text; group 1 is the name. */
export const secretMarkers = /\$\{\{ secrets\.([A-Za-z_][A-Za-z0-9_]{0,63}) \}\}/g;
