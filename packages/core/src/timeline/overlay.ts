import { RadixMap } from "../base/radix-map.ts";
import type { DeliveryStatus } from "../delivery/machine.ts";
import type { Applied, ApplyContext, Records } from "../domain/types.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { Head } from "../protocol/changes.ts";
import type { Command } from "../protocol/commands.ts";
import type { Limits } from "../protocol/policy.ts";
import type { ConversationRecord, ParticipantRecord } from "../protocol/records.ts";
import type { Messages } from "./messages.ts";
import type { ReactionFacts } from "./own-reactions.ts";
import type { People } from "./people.ts";
import { unnumbered } from "./presumed.ts";
import { createRecords } from "./records.ts";
import { applyQuietly, hasEffect, type Pending, replayOn } from "./replay.ts";
import type { Slot } from "./slot.ts";
import type { Watermarks } from "./watermarks.ts";

/**
 * Pending commands, replayed on top of the confirmed records with the very `apply` the backend uses.
 *
 * They are grouped by the message they touch, so that what arrives for one message replays the few commands on it; those
 * that touch no message are replayed together. What `apply` refuses is not shown as done.
 */
export interface PendingOverlay {
  /** How many commands are pending. */
  readonly size: number;
  /** Messages not confirmed yet, by the order of their commands. */
  readonly tail: RadixMap<Slot>;
  /** The confirmed slots, with those in their place that pending commands touch. */
  readonly slots: RadixMap<Slot>;
  readonly conversation: ConversationRecord | undefined;
  readonly participants: ReadonlyMap<string, ParticipantRecord>;
  /** How far pending commands say the reader has read. */
  readonly readSeq: number;
  /** As shown. */
  readonly records: Records;
  /** As shown, for one command: what is not known is presumed. */
  recordsFor(command: Command): Records;
  pend(command: Command, at: number): void;
  unpend(commandId: string): void;
  setDelivery(commandId: string, status: DeliveryStatus, error?: MessagingError): void;
  /** The confirmed message changed, came or went. */
  replay(messageId: string): void;
  /** Something changed on which any replay may depend. */
  replayAll(): void;
}

export interface OverlayOptions {
  readonly conversationId: string;
  readonly userId: () => string;
  readonly limits: () => Limits;
  readonly head: () => Head;
  readonly messages: Messages;
  readonly people: People;
  readonly receipts: Watermarks;
  readonly facts: ReactionFacts;
  /** What is shown of a message changed. */
  readonly onMessage: () => void;
  /** What is shown of people, or of the conversation itself, or how far the reader has read. */
  readonly onRest: () => void;
}

export function createOverlay(options: OverlayOptions): PendingOverlay {
  const { userId, limits, messages, onMessage, onRest } = options;
  const commands = new Map<string, Pending>();
  /** The commands on each message, and those on none, in the order given. */
  const groups = new Map<string | undefined, Set<string>>();
  const overlaid = new Map<string, Slot>();
  const participants = new Map<string, ParticipantRecord>();
  let conversation: ConversationRecord | undefined;
  let tail = new RadixMap<Slot>(() => 0);
  let readSeq = 0;
  let order = 0;

  const pendingOf = (messageId: string | undefined): Pending[] =>
    [...(groups.get(messageId) ?? [])].flatMap((commandId) => commands.get(commandId) ?? []);

  const contextOf = ({ at }: Pending): ApplyContext => ({ actorId: userId(), at, limits: limits() });

  const confirmed = (messageId: string): Slot | undefined => {
    const seq = messages.seqOf(messageId);
    return seq === undefined ? undefined : messages.slots.get(seq);
  };

  const slotOf = (messageId: string): Slot | undefined => {
    const sending = commands.get(messageId);
    return overlaid.get(messageId) ?? confirmed(messageId) ?? (sending && tail.get(sending.order));
  };

  const sources = { ...options, slotOf, conversation: () => conversation, participants };
  const strict = createRecords(sources, () => unnumbered, false);
  const presuming = createRecords(sources, () => unnumbered, true);

  /** Only where something may exist already is it no good to presume that it does. */
  const recordsFor = ({ type }: Command): Records =>
    type === "conversation.create" || type === "participant.join" ? strict : presuming;

  const place = (messageId: string, slot: Slot | undefined): void => {
    const sending = commands.get(messageId);
    if (slot && confirmed(messageId)) overlaid.set(messageId, slot);
    else if (sending) tail = tail.set(sending.order, slot);
    onMessage();
  };

  const step = (messageId: string, pending: Pending): void => {
    const before = slotOf(messageId);
    const after = replayOn(before, pending, recordsFor(pending.command), contextOf(pending));
    if (after !== before) place(messageId, after);
  };

  const replay = (messageId: string): void => {
    overlaid.delete(messageId);
    place(messageId, undefined);
    for (const pending of pendingOf(messageId)) step(messageId, pending);
  };

  /** Those that touch no message. */
  const replayRest = (): void => {
    participants.clear();
    conversation = undefined;
    readSeq = 0;
    onRest();
    for (const pending of pendingOf(undefined)) {
      const { command } = pending;
      if (!hasEffect(pending)) continue;
      if (command.type === "receipt.mark") readSeq = Math.max(readSeq, command.readSeq ?? 0);
      else show(applyQuietly(recordsFor(command), command, contextOf(pending)));
    }
  };

  const show = (applied: Applied): void => {
    for (const { record } of applied.ok ? applied.changes : []) {
      if (record.type === "conversation") conversation = record;
      else if (record.type === "participant") participants.set(record.userId, record);
    }
  };

  const replayTarget = ({ command }: Pending): void => {
    const messageId = messageOf(command);
    if (messageId === undefined) replayRest();
    else replay(messageId);
  };

  return {
    get size() {
      return commands.size;
    },
    get tail() {
      return tail;
    },
    get slots() {
      if (overlaid.size === 0) return messages.slots;
      return messages.slots.update((write) => {
        for (const slot of overlaid.values()) write(slot.message.seq, slot);
      });
    },
    get conversation() {
      return conversation;
    },
    participants,
    get readSeq() {
      return readSeq;
    },
    records: createRecords(sources, options.head, false),
    recordsFor,
    pend(command, at) {
      const { commandId } = command;
      if (commands.has(commandId)) return;
      const pending: Pending = { command, at, order: order++, status: "queued", error: undefined };
      const messageId = messageOf(command);
      commands.set(commandId, pending);
      groups.set(messageId, (groups.get(messageId) ?? new Set()).add(commandId));
      if (messageId === undefined) replayRest();
      else step(messageId, pending);
    },
    unpend(commandId) {
      const pending = commands.get(commandId);
      if (!pending) return;
      const messageId = messageOf(pending.command);
      const group = groups.get(messageId);
      if (group?.delete(commandId) && group.size === 0) groups.delete(messageId);
      place(commandId, undefined);
      commands.delete(commandId);
      replayTarget(pending);
    },
    setDelivery(commandId, status, error) {
      const before = commands.get(commandId);
      if (!before) return;
      const after = { ...before, status, error };
      commands.set(commandId, after);
      const isSend = before.command.type === "message.send" && before.status !== status;
      if (isSend || before.error !== error || hasEffect(before) !== hasEffect(after)) replayTarget(after);
    },
    replay,
    replayAll() {
      replayRest();
      for (const [messageId, group] of groups) {
        if (messageId === undefined) continue;
        // Nothing but who the reader is can change what a message being sent looks like.
        const isSend = group.size === 1 && group.has(messageId);
        if (!isSend || slotOf(messageId)?.message.authorId !== userId()) replay(messageId);
      }
    },
  };
}

/** The message a command touches, if it touches one. */
function messageOf(command: Command): string | undefined {
  if (command.type === "message.send") return command.commandId;
  return "messageId" in command ? command.messageId : undefined;
}
