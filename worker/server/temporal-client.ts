/**
 * What Pawl uses of Temporal's client, which is loaded late. A bundle can hold a package that is
 * loaded late only by a module that names what it takes of it.
 */
export {
  ActivityNotFoundError,
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isGrpcDeadlineError,
  makeGrpcRetryInterceptor,
  WorkflowFailedError,
} from "@temporalio/client";
export { ApplicationFailure, defaultPayloadConverter } from "@temporalio/common";
