import type { Link } from "@tidings/core";
import type { MessagingError } from "@tidings/core/errors";
import {
  type Ack,
  type Command,
  frameBytes,
  parseResult,
  type Signal,
  type Welcome,
} from "@tidings/core/protocol";
import { failure, lost } from "./faults.ts";
import type { AppSyncOperations, Operation } from "./operations.ts";
import type { Questions } from "./questions.ts";
import type { Reach } from "./reach.ts";

export interface LinkOptions {
  readonly questions: Questions;
  readonly operations: AppSyncOperations;
  readonly reach: Reach;
  readonly signal: ((signal: Signal) => void) | undefined;
  readonly welcome: Welcome;
  readonly end: (why: MessagingError) => void;
  /** A WebSocket has been silent for longer than it may. */
  readonly isSilent: () => boolean;
  /** Resolves once AppSync has answered for every subscription. */
  readonly settled: () => Promise<void>;
  /** Absent where the token is none of the client's. */
  readonly renew?: (token: string) => Promise<number | undefined>;
}

/** AppSync drops a larger event without a word to its sender; some is left for what the backend adds. */
const MOST_BYTES = 240 * 1_024 - 16_384;

export function createLink(options: LinkOptions): Link {
  const { questions, operations, reach, welcome, end, isSilent, settled, renew } = options;
  const { limits } = welcome.policy;

  const checkSize = (command: Command): void => {
    const json = JSON.stringify(command);
    // Inside an event it is JSON in JSON.
    if (frameBytes(json) <= limits.frameBytes && frameBytes(JSON.stringify(json)) <= MOST_BYTES) return;
    throw failure(
      "protocol/too-large",
      "unable to send; it is more than AppSync delivers or the backend takes",
    );
  };

  const submission: Operation<Command, Ack> = {
    put: (command) => operations.submit.put(command),
    read(data, command) {
      const ack = operations.submit.read(data, command);
      return ack?.commandId === command.commandId ? ack : undefined;
    },
  };

  return {
    async submit(command) {
      checkSize(command);
      return questions.ask(submission, command);
    },
    async query(query) {
      // What would answer is a full-text index of somebody's, as OpenSearch: none comes with this backend.
      if (query.type === "search") {
        throw failure("command/unsupported", "unable to search; this backend has no index");
      }
      return parseResult(query.type, await questions.ask(operations.query, query));
    },
    /**
     * HTTP may work while a WebSocket has died without a word. Whether one has is only said after an answer by HTTP: a
     * machine that slept has first to take in what came meanwhile.
     */
    async ping() {
      await reach.check();
      await settled();
      if (isSilent()) end(lost("AppSync has fallen silent"));
      if (questions.over) throw questions.over;
    },
    signal(signal) {
      if (!questions.over) options.signal?.(signal);
    },
    ...(renew && { refresh: renew }),
    close: () => end(lost("closed here")),
  };
}
