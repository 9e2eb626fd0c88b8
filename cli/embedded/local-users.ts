/** What the embedded server, which knows no users, leaves open on a machine that several people use, and the way out. */
export const openToLocalUsers =
  "other users of this machine can read histories, and start (without code of their own), answer and cancel runs; a server of your own with mTLS keeps them out: docs/guides/shared-server.md";
