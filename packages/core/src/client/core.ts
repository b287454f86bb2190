import type { Clock } from "../base/clock.ts";
import type { JsonObject } from "../base/json.ts";
import type { Reading } from "../compose/custom.ts";
import type { Observable, Scope } from "../base/observable.ts";
import {
  type Composed,
  type ComposePipeline,
  type Draft,
  errorOf,
  issueOf,
  type Refusal,
  refuse,
} from "../compose/pipeline.ts";
import { type Action, may } from "../domain/permissions.ts";
import { isIn } from "../domain/standing.ts";
import { type ErrorIssue, MessagingError } from "../errors/messaging-error.ts";
import type { Entry } from "../outbox/entry.ts";
import type { Outbox } from "../outbox/types.ts";
import { uuidPattern } from "../protocol/bounds.ts";
import type { SendMessage } from "../protocol/commands.ts";
import type { Limits } from "../protocol/policy.ts";
import type { Presence } from "../presence/presence.ts";
import type { RateLimiter } from "../rate-limit/rate-limiter.ts";
import type { Directory } from "../sync/directory.ts";
import type { Loader } from "../sync/loader.ts";
import type { ReceiptSender } from "../sync/receipts.ts";
import type { Sync } from "../sync/sync.ts";
import type { Replica } from "../timeline/replica.ts";
import { commandOf, type Filled, type Intent } from "./commands.ts";
import type { Keeper } from "./keeper.ts";
import { alreadySent, sentOf } from "./sent.ts";
import type { Sent } from "./types.ts";

/** The parts of a client that its façades share. */
export interface Parts {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly loader: Loader;
  readonly sync: Sync;
  readonly keeper: Keeper;
  readonly outbox: Outbox;
  readonly limiter: RateLimiter;
  readonly receipts: ReceiptSender;
  readonly presence: Presence;
  /** Counts up with each confirmed message that is new or another here, by a push or by catching up, of which no event tells. */
  readonly updates: Observable<number>;
  readonly pipeline: ComposePipeline;
  /** Records as the app reads them. */
  readonly reading: Reading;
  /** Why a conversation's `custom` does not fit its schema. */
  readonly misfitOf: (custom: JsonObject | undefined) => Refusal | undefined;
  readonly nextId: () => string;
  readonly userId: () => string | undefined;
  readonly limits: () => Limits;
  readonly isClosed: () => boolean;
}

/** What else there is to say of a command. */
interface Giving {
  readonly expiresInMs?: number | undefined;
  /** Of a message to be sent; whatever has it already is what was sent. */
  readonly id?: string | undefined;
}

/** How façades change things. */
export interface Core extends Parts {
  /** Shows a command's effect, queues it, and resolves when it is durable. */
  give(conversationId: string, intent: Intent, giving?: Giving): Promise<Sent>;
  send(conversationId: string, draft: Draft, giving?: Giving): Promise<Sent>;
  /** What sending it would say. @throws {MessagingError} the first issue's code */
  intentOf(conversationId: string, draft: Draft): Promise<Omit<SendMessage, Filled>>;
  edit(conversationId: string, messageId: string, draft: Draft): Promise<Sent>;
  /** What the steps that answer at once have against a draft. */
  check(conversationId: string, draft: Draft): readonly ErrorIssue[];
  /** Is the user in, and does their role allow it; and of writing, does nothing else stand in the way? */
  may(replica: Replica, action: Action): boolean;
  markRead(replica: Replica, seq?: number): void;
  /** Shows what the backend says of how far the user has read, and nothing beyond. */
  unmark(conversationId: string): void;
}

export function createCore(parts: Parts): Core {
  const { directory, outbox, clock, pipeline, limits } = parts;

  /** Per conversation the mark shown before the backend has answered; a higher one takes its place. */
  const marks = new Map<string, { readonly commandId: string; readonly seq: number }>();

  /** Refuses here what the backend would refuse anyway, by the same rules (D6). */
  const enqueue = (conversationId: string, intent: Intent, { expiresInMs, id }: Giving): Entry => {
    if (parts.isClosed()) {
      throw new MessagingError("client/closed", { message: "unable to send; the client was closed" });
    }
    const { type } = intent;
    const isOfConversation = type === "conversation.create" || type === "conversation.update";
    const misfit = isOfConversation && parts.misfitOf(intent.custom);
    if (misfit) throw errorOf(misfit, "change the conversation");
    const at = clock.now();
    const command = commandOf(intent, conversationId, id ?? parts.nextId(), at);
    const refusal = directory.get(conversationId).refusalOf(command);
    if (refusal) throw new MessagingError(refusal.code, { message: refusal.message });
    const expiresAtMs = at + Number(expiresInMs ?? Infinity);
    return outbox.add(command, expiresAtMs < Infinity ? expiresAtMs : undefined); // what is no time is none
  };

  /** What waits, or failed, under an id that was given again. */
  const begun = (conversationId: string, id: string): Entry | undefined => {
    const entry = outbox.find(id);
    const { type, conversationId: place } = entry?.command ?? {};
    if (uuidPattern.test(id) && (!entry || (type === "message.send" && place === conversationId)))
      return entry;
    const [code, reason] = entry
      ? (["command/id-taken", "in use"] as const)
      : (["draft/invalid", "no UUID of version 7"] as const);
    throw new MessagingError(code, { message: `unable to send; the id ${id} is ${reason}` });
  };

  /** For who asks while typing: whatever takes time need not begin. React Native has no `AbortSignal.abort()`. */
  const over = new AbortController();
  over.abort();

  const give: Core["give"] = async (conversationId, intent, giving = {}) => {
    const { id } = giving;
    const earlier = id === undefined ? undefined : begun(conversationId, id);
    const known = id !== undefined && !earlier && directory.get(conversationId).records.message(id);
    if (known && known.authorId === parts.userId()) return alreadySent(conversationId, known.id);
    const entry = earlier ?? enqueue(conversationId, intent, giving);
    await entry.stored;
    return sentOf(entry);
  };

  /** Synchronous where every step is: the message shows in the same tick. */
  const compose = (conversationId: string, draft: Draft): Draft | Promise<Draft> => {
    if (typeof draft.text !== "string") {
      const suggestion = "Pass a string, or an object whose `text` is one.";
      accepted(refuse(issueOf("draft/invalid", suggestion)));
    }
    const composed = pipeline.run(draft, { conversationId, limits: limits(), clock });
    return composed instanceof Promise ? composed.then(accepted) : accepted(composed);
  };

  return {
    ...parts,
    give,
    intentOf: async (conversationId, draft) => sendIntent(await compose(conversationId, draft)),
    async send(conversationId, draft, giving) {
      const composed = compose(conversationId, draft);
      const intent = sendIntent(composed instanceof Promise ? await composed : composed);
      return give(conversationId, intent, giving);
    },
    async edit(conversationId, messageId, draft) {
      const { kind = "text" } = directory.get(conversationId).records.message(messageId) ?? {};
      const composed = compose(conversationId, { kind, ...draft });
      const { content, custom } = sendIntent(composed instanceof Promise ? await composed : composed);
      return give(conversationId, { type: "message.edit", messageId, content, ...(custom && { custom }) });
    },
    check(conversationId, draft) {
      const { signal } = over;
      const composed = pipeline.run(draft, { conversationId, limits: limits(), clock, signal });
      return "issues" in composed ? composed.issues : [];
    },
    may({ conversationId, records, refusalOf }, action) {
      const self = records.participant(parts.userId() ?? "");
      if (!self || !isIn(self) || !may(self.role, action)) return false;
      if (action !== "message.send") return true;
      return !refusalOf(commandOf(sendIntent({ text: "?" }), conversationId, parts.nextId(), clock.now()));
    },
    markRead(replica, seq = replica.records.head.seq) {
      const { conversationId } = replica;
      const earlier = marks.get(conversationId);
      if (parts.isClosed() || !(seq > (earlier?.seq ?? 0))) return; // NaN, too
      const commandId = parts.nextId();
      replica.pend({ type: "receipt.mark", commandId, conversationId, at: clock.now(), readSeq: seq });
      if (earlier) replica.unpend(earlier.commandId);
      marks.set(conversationId, { commandId, seq });
      parts.keeper.mark(conversationId, seq);
      parts.receipts.mark(conversationId, { readSeq: seq });
    },
    unmark(conversationId) {
      const shown = marks.get(conversationId);
      marks.delete(conversationId);
      if (!shown) return;
      directory.get(conversationId).unpend(shown.commandId);
      parts.keeper.mark(conversationId);
    },
  };
}

/** @throws {MessagingError} the first issue's code; `issues` says everything */
function accepted(composed: Composed): Draft {
  if (composed.ok) return composed.draft;
  throw errorOf(composed, "send");
}

function sendIntent({
  text,
  ranges,
  poll,
  attachments,
  kind = poll ? "poll" : "text",
  ...rest
}: Draft): Omit<SendMessage, Filled> {
  const content = {
    text,
    ...(ranges?.length && { ranges }),
    ...(poll && { poll }),
    ...(attachments?.length && { attachments }),
  };
  return { type: "message.send", kind, content, ...rest };
}
