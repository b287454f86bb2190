import { RadixMap } from "../base/radix-map.ts";
import type { DeliveryStatus } from "../delivery/machine.ts";
import { apply } from "../domain/apply.ts";
import type { ApplyContext, Records, Rejection } from "../domain/types.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { Command } from "../protocol/commands.ts";
import { type NoteRecord, noteIdOf } from "../protocol/notes.ts";
import type { Limits } from "../protocol/policy.ts";
import type { ConversationRecord, ParticipantRecord } from "../protocol/records.ts";
import type { Confirmed } from "./confirmed.ts";
import { createRecords } from "./records.ts";
import { applyQuietly, hasEffect, type Pending, replayOn } from "./replay.ts";
import type { Slot } from "./slot.ts";

/**
 * Pending commands, replayed on top of the confirmed records with the very `apply` the backend uses.
 *
 * They are grouped by the message they touch, so that what arrives for one message replays the few commands on it; those
 * that touch no message are replayed together. What `apply` refuses is not shown as done.
 */
export interface PendingOverlay {
  /** Messages not confirmed yet, by the order of their commands. */
  readonly tail: RadixMap<Slot>;
  /** The confirmed slots, with those in their place that pending commands touch. */
  readonly slots: RadixMap<Slot>;
  readonly conversation: ConversationRecord | undefined;
  readonly participants: ReadonlyMap<string, ParticipantRecord>;
  readonly notes: ReadonlyMap<string, NoteRecord>;
  /** How far pending commands say the reader has read. */
  readonly readSeq: number;
  /** All of it as shown. */
  readonly records: Records;
  readonly size: number;
  pend(command: Command): void;
  /** The command of that id, while it is pending. */
  find(commandId: string): Command | undefined;
  unpend(commandId: string): void;
  setDelivery(commandId: string, status: DeliveryStatus, error?: MessagingError): void;
  refusalOf(command: Command): Rejection | undefined;
  /** The confirmed message changed, came or went. */
  replay(messageId: string): void;
  /** Something changed on which any replay may depend. */
  replayAll(): void;
}

export interface OverlayOptions {
  readonly confirmed: () => Confirmed;
  readonly userId: () => string;
  readonly limits: () => Limits;
  readonly now: () => number;
  /** What is shown of a message changed. */
  readonly onChange: () => void;
  /** What is shown of people, or of the conversation itself, or how far the reader has read. */
  readonly onPeople: () => void;
}

/** Numbers what is not confirmed: `apply` counts on from here, to 0. */
const unnumbered = { conversationId: "", rev: -1, seq: -1 };

export function createOverlay(options: OverlayOptions): PendingOverlay {
  const { confirmed, userId, limits, now, onChange, onPeople } = options;
  const commands = new Map<string, Pending>();
  /** The ids of the commands on each message, and of those on none, in the order given. */
  const groups = new Map<string | undefined, Set<string>>();
  const overlaid = new Map<string, Slot>();
  const participants = new Map<string, ParticipantRecord>();
  const notes = new Map<string, NoteRecord>();
  let conversation: ConversationRecord | undefined;
  let tail = new RadixMap<Slot>();
  let readSeq = 0;
  let order = 0;

  const contextAt = (at: number): ApplyContext => ({ actorId: userId(), at, limits: limits() });

  const slotOf = (messageId: string): Slot | undefined =>
    overlaid.get(messageId) ??
    confirmed().messages.get(messageId) ??
    tail.get(commands.get(messageId)?.order ?? order);

  const sources = { ...options, slotOf, conversation: () => conversation, participants, notes };
  const records = createRecords(sources, () => unnumbered);

  const place = (messageId: string, slot: Slot | undefined): void => {
    const sending = commands.get(messageId);
    if (slot && confirmed().messages.get(messageId)) overlaid.set(messageId, slot);
    else if (sending) tail = tail.update((write) => write(sending.order, slot));
    onChange();
  };

  /** Those on a message, one after the other, or those on none. */
  const replay = (messageId: string | undefined): void => {
    if (messageId === undefined) {
      participants.clear();
      notes.clear();
      conversation = undefined;
      readSeq = 0;
      onPeople();
    } else {
      overlaid.delete(messageId);
      place(messageId, undefined);
    }
    for (const commandId of groups.get(messageId) ?? []) step(commandId);
  };

  const step = (commandId: string): void => {
    const pending = commands.get(commandId);
    if (!pending) return;
    const { command, at } = pending;
    const messageId = messageOf(command);
    if (messageId !== undefined) {
      const before = slotOf(messageId);
      const after = replayOn(before, pending, records, contextAt(at));
      if (after !== before) place(messageId, after);
    } else if (hasEffect(pending)) {
      if (command.type === "receipt.mark") readSeq = Math.max(readSeq, command.readSeq ?? 0);
      const applied = applyQuietly(records, command, contextAt(at));
      for (const { record } of applied.ok ? applied.changes : []) {
        if (record.type === "conversation") conversation = record;
        else if (record.type === "participant") participants.set(record.userId, record);
        else if (record.type === "note") notes.set(noteIdOf(record.subject), record);
      }
      onPeople();
    }
  };
  return {
    get tail() {
      return tail;
    },
    get slots() {
      const { slots } = confirmed().messages;
      if (overlaid.size === 0) return slots;
      return slots.update((write) => {
        for (const slot of overlaid.values()) write(slot.message.seq, slot);
      });
    },
    get conversation() {
      return conversation;
    },
    ...{ participants, notes },
    get size() {
      return commands.size;
    },
    get readSeq() {
      return readSeq;
    },
    records: createRecords(sources, () => confirmed().head),
    pend(command) {
      const { commandId } = command;
      if (commands.has(commandId)) return;
      commands.set(commandId, { command, at: now(), order: order++, status: "queued", error: undefined });
      const messageId = messageOf(command);
      groups.set(messageId, (groups.get(messageId) ?? new Set()).add(commandId));
      step(commandId);
    },
    find: (commandId) => commands.get(commandId)?.command,
    unpend(commandId) {
      const pending = commands.get(commandId);
      if (!pending) return;
      const messageId = messageOf(pending.command);
      const group = groups.get(messageId);
      group?.delete(commandId);
      if (group?.size === 0) groups.delete(messageId);
      place(commandId, undefined);
      commands.delete(commandId);
      replay(messageId);
    },
    setDelivery(commandId, status, error) {
      const pending = commands.get(commandId);
      if (!pending || (pending.status === status && pending.error === error)) return;
      commands.set(commandId, { ...pending, status, error });
      replay(messageOf(pending.command));
    },
    refusalOf(command) {
      const applied = apply(records, command, contextAt(now()));
      // What is not found here may well exist: a client never holds everything.
      return applied.ok || applied.code.endsWith("/not-found") ? undefined : applied;
    },
    replay(messageId) {
      if (commands.size > 0) replay(messageId);
    },
    replayAll() {
      replay(undefined);
      for (const messageId of groups.keys()) if (messageId !== undefined) replay(messageId);
    },
  };
}

/** The message a command touches, if it touches one. */
function messageOf(command: Command): string | undefined {
  if (command.type === "message.send") return command.commandId;
  return "messageId" in command ? command.messageId : undefined;
}
