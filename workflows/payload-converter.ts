import { defaultPayloadConverter, type Payload, type PayloadConverter } from "@temporalio/common";

/**
 * Reads what a workflow receives. What cannot be read (another encoding, JSON that is none) becomes
 * undefined, which every start, signal and update refuses: an error here would fail the workflow's
 * task again and again.
 */
class PatientPayloadConverter implements PayloadConverter {
  toPayload<T>(value: T): Payload {
    return defaultPayloadConverter.toPayload(value);
  }

  fromPayload<T>(payload: Payload): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch {
      return undefined as T;
    }
  }
}

/** The name is the SDK's. */
export const payloadConverter: PayloadConverter = new PatientPayloadConverter();
