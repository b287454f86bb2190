import { assertNever } from "../base/assert-never.ts";
import type { Logger } from "../ports/logger.ts";
import type { Observer } from "./observation.ts";

/** A line for what a client does at its edges: ids, codes and times, nothing of what people wrote. */
export function logObservations(logger: Logger): Observer {
  return (seen) => {
    switch (seen.type) {
      case "opened":
        return logger("info", "link.opened", { tookMs: seen.tookMs, code: seen.error?.code });
      case "closed":
        return logger("info", "link.closed", { code: seen.code });
      case "submit": {
        const { type, commandId, conversationId } = seen.command;
        return logger("debug", "link.submit", { type, commandId, conversationId });
      }
      case "answer": {
        const { command, tookMs, error } = seen;
        return logger("debug", "link.answer", { commandId: command.commandId, tookMs, code: error?.code });
      }
      case "query":
        return logger("debug", "link.query", {
          query: seen.query,
          tookMs: seen.tookMs,
          code: seen.error?.code,
        });
      case "arrived":
        return logger("debug", "link.arrived", {
          types: seen.events.map(({ type }) => type),
          tookMs: seen.tookMs,
        });
      case "storage": {
        const { operation, tookMs, error } = seen;
        if (!error) return;
        return logger("warn", "storage.failed", {
          operation,
          tookMs,
          code: error.code,
          message: error.message,
        });
      }
      case "arriving":
      case "entry":
      case "rendered":
      case "displayed":
        return;
      default:
        return assertNever(seen);
    }
  };
}
