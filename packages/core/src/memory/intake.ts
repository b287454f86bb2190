import type { Clock } from "../base/clock.ts";
import { createScope } from "../base/observable.ts";
import { take } from "../domain/take.ts";
import { asReason, entryOf, type ErrorCode } from "../errors/codes.ts";
import type { Change } from "../protocol/changes.ts";
import type { Command } from "../protocol/commands.ts";
import { createRateLimiter, type RateLimiter } from "../rate-limit/rate-limiter.ts";
import { areApart, obstacle } from "./blocks.ts";
import { carry, whatIsWrong } from "./carry.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { Mischief } from "./faults.ts";
import { freezeDeep } from "./freeze.ts";
import type { Hub } from "./hub.ts";
import type { Lane } from "./lane.ts";
import { isPassing, type Outcome, type Refused } from "./outcome.ts";
import type { Session } from "./session.ts";
import type { State } from "./state.ts";

/** What to tell the submitter. */
export interface Reply {
  readonly outcome: Outcome;
  /** Absent for what commutes. */
  readonly lane: Lane | undefined;
}

/** Takes commands: each once (D2), in order (D7), no faster than allowed, by the rules of `apply`. */
export class Intake {
  readonly #state: State;
  readonly #hub: Hub;
  readonly #mischief: Mischief;
  readonly #clock: Clock;
  readonly #limiters = new Map<string, RateLimiter>();
  /** Told of what took effect. */
  onChanges: (changes: readonly Change[]) => void = () => {};

  constructor(state: State, hub: Hub, mischief: Mischief, clock: Clock) {
    this.#state = state;
    this.#hub = hub;
    this.#mischief = mischief;
    this.#clock = clock;
  }

  /** `undefined` if the command, or its ack, got lost. */
  submit(session: Session, submitted: Command): Reply | undefined {
    const frame = carry({ type: "submit", id: 0, command: submitted });
    if (frame?.type !== "submit") {
      const message = whatIsWrong(frame);
      return { outcome: { ok: false, code: "command/malformed", message }, lane: undefined };
    }
    const { command } = frame;
    if (command.type === "receipt.mark") {
      return { outcome: this.act(session.userId, command, false, session), lane: undefined };
    }
    if (this.#mischief.losesSubmit()) return undefined;
    const lane = session.lane(command.conversationId);
    const outcome = this.#answered(session, command) ?? this.#consider(session, command, lane);
    if (outcome.ok && this.#mischief.losesAck()) return undefined;
    return { outcome, lane };
  }

  /** @param system - may do what no user may. */
  act(userId: string, command: Command, system: boolean, origin?: Session): Outcome {
    const { archive, policy } = this.#state;
    const { limits } = policy;
    const store = archive.store(command.conversationId);
    const apart = system ? undefined : obstacle(archive, userId, command);
    if (apart) return apart;
    const at = Math.floor(this.#clock.now());
    const recordsOf = (id: string): ConversationStore =>
      id === command.conversationId ? store : archive.store(id);
    const applied = freezeDeep(take(recordsOf, command, { actorId: userId, at, limits, system }));
    if (!applied.ok) return applied;
    const commit = (): void => archive.commit(store, applied);
    this.#hub.publish(store, applied, commit, origin, (...two) => areApart(archive, ...two));
    this.onChanges(applied.changes);
    const { changes, receipt } = applied;
    return { ok: true, ack: { commandId: command.commandId, changes, ...(receipt && { receipt }) } };
  }

  /** The rates have changed. */
  learn(): void {
    for (const limiter of this.#limiters.values()) limiter.learn(this.#state.policy);
  }

  #answered({ userId }: Session, { commandId }: Command): Outcome | undefined {
    return this.#state.archive.answer(commandId, userId);
  }

  #consider(session: Session, command: Command, lane: Lane): Outcome {
    const { userId } = session;
    const { commandId } = command;
    const outcome = this.#hindrance(userId, command, lane) ?? this.act(userId, command, false, session);
    if (!outcome.ok && isPassing(outcome)) lane.refuse(commandId);
    else this.#state.archive.remember(commandId, userId, freezeDeep(outcome));
    return outcome;
  }

  /** What refuses a command before its rules are asked. */
  #hindrance(userId: string, command: Command, lane: Lane): Refused | undefined {
    if (!lane.admits(command.commandId))
      return refused("command/out-of-order", "unable to accept the command; one before it was not accepted");
    const fault = this.#mischief.takeRefusal();
    if (fault) return refused(fault.code, textOf(fault.code), fault.retryAfterMs);
    if (command.type !== "message.send") return undefined;
    const turn = this.#limiterOf(userId).take(command.conversationId);
    if (turn.ok) return undefined;
    return refused("rate/limited", "unable to send; too many messages", turn.retryAfterMs);
  }

  #limiterOf(userId: string): RateLimiter {
    const known = this.#limiters.get(userId);
    if (known) return known;
    const limiter = createRateLimiter({
      clock: this.#clock,
      scope: createScope(() => {}),
      messagesPerMinute: (id) => this.#state.archive.store(id).conversation?.settings.messagesPerMinute,
    });
    limiter.learn(this.#state.policy);
    this.#limiters.set(userId, limiter);
    return limiter;
  }
}

function refused(code: ErrorCode, message: string, retryAfterMs?: number): Refused {
  return { ok: false, code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function textOf(code: ErrorCode): string {
  return `unable to accept the command; ${asReason(entryOf(code).text)}`;
}
