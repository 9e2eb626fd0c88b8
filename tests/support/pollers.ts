/** The part of a client that says which processes for workflows the server knows of. */
export const clientWithPollers = (...pollers: object[]) => ({
  options: { namespace: "n" },
  workflowService: { describeTaskQueue: async () => ({ pollers }) },
});
