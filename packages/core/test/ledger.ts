import { apply } from "../src/domain/apply.ts";
import type { Accepted, Applied, ApplyContext, Records } from "../src/domain/types.ts";
import { ConversationStore } from "../src/memory/conversation-store.ts";
import { freezeDeep } from "../src/memory/freeze.ts";
import type { Command } from "../src/protocol/commands.ts";
import { defaultPolicy } from "../src/protocol/policy.ts";
import type {
  ConversationKind,
  ConversationRecord,
  MessageRecord,
  ParticipantRecord,
  Role,
} from "../src/protocol/records.ts";

type Bare<C> = C extends Command ? Omit<C, "commandId" | "conversationId" | "at"> : never;

/** A command without what every command carries. */
export type BareCommand = Bare<Command>;

export const CONVERSATION = "c1";

let minted = 0;

/** A UUIDv7 like no other in this run. */
export function mint(): string {
  minted += 1;
  return `01900000-0000-7000-8000-${minted.toString(16).padStart(12, "0")}`;
}

export function complete(bare: BareCommand): Command {
  return { commandId: mint(), conversationId: CONVERSATION, at: 1, ...bare };
}

/** One conversation to try rules on: what is accepted is committed, and nothing it is given can be mutated. */
export interface Ledger {
  readonly store: ConversationStore;
  /** Server time of the next command. */
  now: number;
  /** What `apply` answers now; nothing is committed. */
  ask(actorId: string, command: BareCommand, context?: Partial<ApplyContext>): Applied;
  try(actorId: string, command: BareCommand, context?: Partial<ApplyContext>): Applied;
  /** The same, for what must be accepted. */
  do(actorId: string, command: BareCommand, context?: Partial<ApplyContext>): Accepted;
  /** Sends a text and returns the message's id. */
  say(actorId: string, text?: string): string;
  conversation(): ConversationRecord;
  message(messageId: string): MessageRecord;
  person(userId: string): ParticipantRecord;
}

/** @param file - what the backend knows of files; absent where it is a client that looks. */
export function createLedger(file?: Records["file"]): Ledger {
  const store = new ConversationStore(CONVERSATION, file);
  const ledger: Ledger = {
    store,
    now: 1_000,
    ask(actorId, bare, context) {
      const full = { actorId, at: ledger.now, limits: defaultPolicy.limits, ...context };
      return apply(store, freezeDeep(complete(bare)), full);
    },
    try(actorId, bare, context) {
      const applied = freezeDeep(ledger.ask(actorId, bare, context));
      if (applied.ok) store.commit(applied);
      return applied;
    },
    do(actorId, bare, context) {
      const applied = ledger.try(actorId, bare, context);
      if (!applied.ok) throw new Error(applied.message);
      return applied;
    },
    say(actorId, text = "hello") {
      const { changes } = ledger.do(actorId, { type: "message.send", kind: "text", content: { text } });
      const record = changes[0]?.record;
      return record?.type === "message" ? record.id : "";
    },
    conversation: () => present(store.conversation),
    message: (messageId) => present(store.message(messageId)),
    person: (userId) => present(store.participant(userId)),
  };
  return ledger;
}

/** The cast of most tests. */
export const cast: { readonly [userId: string]: Role } = {
  olga: "owner",
  adam: "admin",
  mona: "moderator",
  mike: "member",
  mary: "member",
};

/** A conversation with the cast in it; olga made it. */
export function withCast(kind: ConversationKind = "group", file?: Records["file"]): Ledger {
  const ledger = createLedger(file);
  const invited = Object.entries(cast).map(([userId, role]) => ({ userId, role }));
  const participants = kind === "direct" ? [{ userId: "adam" }] : invited.slice(1);
  ledger.do("olga", { type: "conversation.create", kind, participants });
  return ledger;
}

/** `ok`, `same` (accepted, nothing changed), or the code of the refusal. */
export function outcome(applied: Applied): string {
  if (!applied.ok) return applied.code;
  return applied.changes.length > 0 || applied.receipt ? "ok" : "same";
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("unable to look; it is not there");
  return value;
}
