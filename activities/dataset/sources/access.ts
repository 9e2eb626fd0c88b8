/** Advice if a server requires authentication. */
export const tokenAdvice =
  "give the workers access: HF_TOKEN for the Hugging Face hub, ~/.netrc for other servers. Workers read the environment when they start: `pawl up --stop`, then `HF_TOKEN=… pawl run`";
