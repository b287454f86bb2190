import type { Link } from "@tidings/core";
import type { MessagingError } from "@tidings/core/errors";
import { parseResult, type Welcome } from "@tidings/core/protocol";
import { failure } from "./faults.ts";
import type { AppSyncOperations } from "./operations.ts";
import type { Questions } from "./questions.ts";
import type { Reach } from "./reach.ts";
import type { Watching } from "./signal-channel.ts";

export interface LinkOptions {
  readonly questions: Questions;
  readonly operations: AppSyncOperations;
  readonly reach: Reach;
  readonly watching: Watching;
  readonly welcome: Welcome;
  readonly end: (why: MessagingError) => void;
  /** A WebSocket has been silent for longer than it may. */
  readonly isSilent: () => boolean;
  /** Resolves once AppSync has answered for every subscription. */
  readonly settled: () => Promise<void>;
  /** Absent where the token is none of the client's. */
  readonly renew?: (token: string) => Promise<number | undefined>;
}

export function createLink(options: LinkOptions): Link {
  const { questions, operations, reach, watching, welcome, end, isSilent, settled, renew } = options;
  const { frameBytes } = welcome.policy.limits;

  const checkSize = (command: object): void => {
    const json = JSON.stringify(command);
    if (!questions.isTooLarge(JSON.stringify(json)) && new TextEncoder().encode(json).length <= frameBytes)
      return;
    throw failure(
      "protocol/too-large",
      "unable to send; AppSync delivers 240 KB at most, and the backend may take less",
    );
  };

  return {
    async submit(command) {
      checkSize(command);
      const ack = await questions.ask(operations.submit, command);
      if (ack.commandId === command.commandId) return ack;
      end(failure("connection/lost", "unable to get an answer; it answers something else"));
      throw questions.over ?? failure("connection/lost", "unable to get an answer");
    },
    async query(query) {
      return parseResult(query.type, await questions.ask(operations.query, query));
    },
    /**
     * HTTP may work while a WebSocket has died without a word. Whether one has is only said after an answer by HTTP: a
     * machine that slept has first to take in what came meanwhile.
     */
    async ping() {
      await reach.check();
      await settled();
      if (isSilent()) end(failure("connection/lost", "unable to go on; AppSync has fallen silent"));
      if (questions.over) throw questions.over;
    },
    signal(signal) {
      if (!questions.over) watching.signal(signal);
    },
    ...(renew && { refresh: renew }),
    close: () => end(failure("connection/lost", "unable to go on; closed here")),
  };
}
