/** Every workflow type by its name: what the bundle for the workflow sandbox is built from. */
export { concurrency } from "./concurrency.js";
export { notification } from "./notification.js";
export { pipeline } from "./pipeline.js";
