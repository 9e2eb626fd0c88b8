/** Exit codes: done, failed, typed wrongly; what `pawl up` ends with where one is up; a watcher left by SIGINT. */
export const exitCodes = { done: 0, failed: 1, usage: 2, alreadyUp: 3, interrupted: 130 } as const;
