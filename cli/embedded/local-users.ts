/** Warns that other users of this machine can reach the embedded server, and says what to do. */
export const openToLocalUsers =
  "other users of this machine can read histories, and start (without code of their own), answer and cancel runs; a server of your own with mTLS keeps them out: docs/guides/shared-server.md";
