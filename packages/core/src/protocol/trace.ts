/** The trace of a command, for whoever traces: the same wherever its id is known, so nothing of it has to travel. */
export interface CommandTrace {
  /** 32 hexadecimal digits: the id without its dashes. Its last 62 bits are random, as W3C Trace Context asks. */
  readonly traceId: string;
  /** 16 hexadecimal digits: what all spans of it stand under; the command itself, which is no span. */
  readonly spanId: string;
}

/**
 * The trace of a command: from the hand that gives it to the eyes that see what it did.
 *
 * @param commandId - of a message also its id.
 */
export function traceOf(commandId: string): CommandTrace {
  const traceId = commandId.replaceAll("-", "");
  return { traceId, spanId: traceId.slice(16) };
}
