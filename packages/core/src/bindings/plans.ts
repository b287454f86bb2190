import type { Observable } from "../base/observable.ts";
import { isSameList } from "../base/same-list.ts";
import { internalsOf } from "../client/internals.ts";
import type { Client, Sent } from "../client/types.ts";
import type { JsonObject } from "../base/json.ts";
import type { CustomInputOf, CustomSchemas } from "../compose/custom.ts";
import type { Draft } from "../compose/pipeline.ts";
import { type ErrorCode, isErrorCode } from "../errors/codes.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { NoteRecord, NoteSubject, NoteValue, PlannedMessage } from "../protocol/notes.ts";
import { notesOf } from "./notes-of.ts";
import { createPlanEntries, isAboutPlan } from "./plan-entries.ts";

/** A message that will be sent. */
export interface ScheduledMessage {
  /** The message's, once it is sent. */
  readonly id: string;
  readonly conversationId: string;
  readonly message: PlannedMessage;
  /** Server time, ms. */
  readonly dueAt: number;
  /**
   * `waiting`: for its time, or before that for its files, which `@tidings/core/uploads` shows. `sending`: it can be changed
   * no more. `refused`: it was not planned, or its time came and it was not sent; `code` says why.
   */
  readonly status: "waiting" | "sending" | "refused";
  readonly code: ErrorCode | undefined;
}

/** Somebody wants to come back to a message at a time. */
export interface Reminder {
  readonly conversationId: string;
  readonly messageId: string;
  readonly dueAt: number;
  /** What they wrote to themselves. */
  readonly text: string | undefined;
  /** Its time has come: when the backend noticed, server time in ms. */
  readonly firedAt: number | undefined;
}

/**
 * What a person wants done later. It works offline like everything else: it shows at once, is queued, and stands on all
 * their devices; the backend does it at its time, whether or not any of them is online then. What reaches the backend
 * only after its time is done at once. A message with files is planned once they are there, as one is sent; the backend keeps
 * them for it, and shows them to nobody else before.
 *
 * Every method that plans something throws `command/unsupported` where the backend does nothing later, `note/too-far`
 * beyond `policy.limits.planAheadMs`, `note/due` once it is under way, and what notes throw.
 *
 * @typeParam Custom - of a message's `custom`, if the app has a schema.
 */
export interface Plans<Custom = JsonObject> {
  /** Messages to be sent, the next first. */
  readonly scheduled: Observable<readonly ScheduledMessage[]>;
  /** @param dueAt - server time, ms. */
  schedule(conversationId: string, draft: string | Draft<Custom>, dueAt: number): Promise<Sent>;
  /**
   * Another time, and another text if there is one; also for one that was refused. One that has been sent meanwhile ends
   * `refused`, with `note/due`: it is said once, and what was written stays in sight.
   */
  reschedule(id: string, dueAt: number, draft?: string | Draft<Custom>): Promise<Sent>;
  /**
   * Not to be sent. Where it has been sent meanwhile there is nothing left to call off, so that is no failure: the message is
   * in its conversation, under this very id. Only while it is being sent this is refused, with `note/due`.
   */
  cancel(id: string): Promise<Sent>;
  /** The next first; those whose time has come stay until they are let go. */
  readonly reminders: Observable<readonly Reminder[]>;
  remind(conversationId: string, messageId: string, dueAt: number, text?: string): Promise<Sent>;
  forget(conversationId: string, messageId: string): Promise<Sent>;
}

const opened = new WeakMap<object, Plans>();

/** The plans of the client's user; the same each time. */
export function openPlans<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
): Plans<CustomInputOf<Schemas, "message">>;
export function openPlans(client: Client): Plans {
  const known = opened.get(client) ?? create(client);
  opened.set(client, known);
  return known;
}

function create(client: Client): Plans {
  const { core } = internalsOf(client);
  const { notes, put } = notesOf(client);
  const entries = createPlanEntries(core.outbox);
  const scheduled = core.scope.lazy(
    () => planned([...notes.get(), ...entries.failedBeside(notes.get())], scheduledOf),
    isSameList,
  );
  const reminders = core.scope.lazy(() => planned(notes.get(), reminderOf), isSameList);
  notes.subscribe(() => {
    scheduled.invalidate();
    reminders.invalidate();
  });
  client.on("outbox", ({ command }) => {
    if (isAboutPlan(command)) scheduled.invalidate();
  });

  const compose = async (conversationId: string, draft: string | Draft): Promise<PlannedMessage> => {
    const { type: _type, ...message } = await core.intentOf(
      conversationId,
      typeof draft === "string" ? { text: draft } : draft,
    );
    return message;
  };
  const found = (id: string): ScheduledMessage => {
    const plan = scheduled.get().find((each) => each.id === id);
    if (plan) return plan;
    throw new MessagingError("message/not-found", {
      message: `unable to change the plan; no message ${id} is scheduled`,
    });
  };
  const subjectOf = (conversationId: string, messageId: string): NoteSubject => ({
    ...{ kind: "scheduled", conversationId, messageId },
  });
  /** What was said of it before is called off once this is durable, or nothing would be for a moment (D1). */
  const putAnew = async (id: string, conversationId: string, value?: NoteValue): Promise<Sent> => {
    const subject = subjectOf(conversationId, id);
    const sent = await put(subject, value);
    entries.callOff(subject, sent.id);
    return sent;
  };
  const reminder = (conversationId: string, messageId: string): NoteSubject => ({
    ...{ kind: "reminder", conversationId, messageId },
  });
  return {
    scheduled,
    reminders,
    async schedule(conversationId, draft, dueAt) {
      const message = await compose(conversationId, draft);
      return put(subjectOf(conversationId, core.nextId()), { dueAt, message });
    },
    async reschedule(id, dueAt, draft) {
      const { conversationId, message } = found(id);
      const next = draft === undefined ? message : await compose(conversationId, draft);
      return putAnew(id, conversationId, { dueAt, message: next });
    },
    cancel: async (id) => putAnew(id, found(id).conversationId),
    remind: (conversationId, messageId, dueAt, text) =>
      put(reminder(conversationId, messageId), { dueAt, ...(text !== undefined && { text }) }),
    forget: (conversationId, messageId) => put(reminder(conversationId, messageId)),
  };
}

function planned<Plan extends { readonly dueAt: number }>(
  notes: readonly NoteRecord[],
  planOf: (note: NoteRecord) => Plan | undefined,
): readonly Plan[] {
  return notes.flatMap((note) => planOf(note) ?? []).sort((one, other) => one.dueAt - other.dueAt);
}

/** The same plan for as long as its note is the same. */
function remembered<Plan extends object>(
  make: (note: NoteRecord) => Plan | undefined,
): (note: NoteRecord) => Plan | undefined {
  const made = new WeakMap<NoteRecord, Plan>();
  return (note) => {
    const plan = made.get(note) ?? make(note);
    if (plan) made.set(note, plan);
    return plan;
  };
}

const scheduledOf = remembered(({ subject, value }): ScheduledMessage | undefined => {
  const { kind, conversationId, messageId: id } = subject;
  const { dueAt, message, firedAt, code } = value ?? {};
  if (kind !== "scheduled" || id === undefined || dueAt === undefined || !message) return undefined;
  const refusal = code === undefined ? undefined : isErrorCode(code) ? code : "server/internal";
  const status = refusal ? "refused" : firedAt === undefined ? "waiting" : "sending";
  return { id, conversationId, message, dueAt, status, code: refusal };
});

/** What a note says of a reminder; undefined of any other note. The same for as long as the note is. */
export const reminderOf: (note: NoteRecord) => Reminder | undefined = remembered(
  ({ subject, value }): Reminder | undefined => {
    const { kind, conversationId, messageId } = subject;
    if (kind !== "reminder" || messageId === undefined || value?.dueAt === undefined) return undefined;
    return { conversationId, messageId, dueAt: value.dueAt, text: value.text, firedAt: value.firedAt };
  },
);
