import type { Clock } from "../base/clock.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { CloseReason, Link } from "../ports/transport.ts";
import type { Head } from "../protocol/changes.ts";
import { MOST_HEADS } from "../protocol/bounds.ts";
import { parseResult } from "../protocol/parse-server.ts";
import type { Query, QueryResults, QueryType } from "../protocol/queries.ts";
import { carry, whatIsWrong } from "./carry.ts";
import type { Mischief } from "./faults.ts";
import type { Intake } from "./intake.ts";
import { errorOf } from "./outcome.ts";
import { ask } from "./queries.ts";
import type { Session } from "./session.ts";
import type { Signals } from "./signals.ts";
import type { State } from "./state.ts";

export interface LinkOptions {
  readonly session: Session;
  readonly state: State;
  readonly intake: Intake;
  readonly signals: Signals;
  readonly mischief: Mischief;
  readonly clock: Clock;
  readonly end: (reason: CloseReason) => void;
  /** Absent where there are no tokens. */
  readonly refresh: ((token: string) => Promise<number | undefined>) | undefined;
}

/** What a client holds of its session. Everything takes effect at once and is answered later. */
export function createLink(options: LinkOptions): Link {
  const { session, state, intake, signals, mischief, clock, end, refresh } = options;
  const answer = (run: () => void): void => mischief.answer(() => session.answer(run));

  const asked = (query: Query): QueryResults[QueryType] => {
    const frame = carry({ type: "query", id: 0, query });
    if (frame?.type !== "query") throw new MessagingError("query/malformed", { message: whatIsWrong(frame) });
    const { archive, epoch, policy, preview } = state;
    const { limits } = policy;
    const { pageSize } = limits;
    const at = Math.floor(clock.now());
    const reader = { archive, epoch, userId: session.userId, pageSize, limits, preview, at };
    return ask(reader, frame.query);
  };

  return {
    submit: (command) =>
      session.request((resolve, reject) => {
        const reply = intake.submit(session, command);
        if (!reply) return;
        const { outcome, lane } = reply;
        if (lane) lane.inFlight += 1;
        answer(() => {
          if (lane) lane.inFlight -= 1;
          if (outcome.ok) resolve(outcome.ack);
          else reject(errorOf(outcome));
        });
      }),
    async query(query) {
      const result = await session.request<unknown>((resolve, reject) => {
        const settle = attempt(() => asked(query), resolve, reject);
        answer(settle);
      });
      return parseResult(query.type, result); // a copy, of a shape that a wire would have let through
    },
    signal(signal) {
      const frame = carry({ type: "signal", signal });
      if (session.isOpen && frame?.type === "signal") signals.receive(session, frame.signal);
    },
    ping: () =>
      session.request<void>((resolve) => {
        const heads = tellHeads(session, state);
        mischief.answer(() => {
          if (heads.length > 0) session.push({ type: "heads", heads });
          session.answer(resolve);
        });
      }),
    ...(refresh && {
      refresh: (token) =>
        session.request<number | undefined>((resolve, reject) => {
          refresh(token).then(
            (expiresInMs) => answer(() => resolve(expiresInMs)),
            (error: unknown) => answer(() => reject(error)),
          );
        }),
    }),
    close: () => end({ code: "connection/lost", retryable: true, message: "unable to go on; closed here" }),
  };
}

/** The heads that moved since the link was last told, the most recently active first. */
export function tellHeads({ userId, told }: Session, { archive }: State): readonly Head[] {
  const heads = archive
    .conversationsOf(userId)
    .map(({ head }) => head)
    .filter(({ conversationId, rev }) => told.get(conversationId) !== rev)
    .slice(0, MOST_HEADS);
  for (const { conversationId, rev } of heads) told.set(conversationId, rev);
  return heads;
}

/** Works now, and tells how it went later. */
function attempt<T>(
  work: () => T,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): () => void {
  try {
    const value = work();
    return () => resolve(value);
  } catch (error) {
    return () => reject(error);
  }
}
