import { filesIn, filesPlanned, isForModerators, peopleMeant } from "@tidings/core/domain";
import {
  type Command,
  noteIdOf,
  type NoteSubject,
  optionMark,
  OPTIONS_PER_POLL,
  type SetNote,
} from "@tidings/core/protocol";
import type { Remembered } from "../answers.ts";
import type { Submission } from "../store.ts";
import type { WantedFile } from "./files.ts";

/** One pair, or triple, of names as one key of a map. */
export function keyOf(...names: readonly (string | number)[]): string {
  return JSON.stringify(names);
}

/** Rows a transaction is about to read, each kind by what identifies it. */
export class Wanted {
  readonly conversations: Set<string> = new Set();
  /** Read and not going to be changed: what is forwarded stands there. */
  readonly sources: Set<string> = new Set();
  /** Of conversations to be made. */
  keys = 0;
  readonly participants: Map<string, Pair> = new Map();
  readonly messages: Set<string> = new Set();
  readonly receipts: Map<string, Pair> = new Map();
  readonly reactions: Map<string, Reaction> = new Map();

  /** By notebook and id. */
  readonly notes: Map<string, NotePlace> = new Map();

  /** By id, and who wants to show it. */
  readonly files: Map<string, WantedFile> = new Map();

  file(fileId: string, userId: string): void {
    this.files.set(keyOf(fileId, userId), { fileId, userId });
  }

  note(conversationId: string, noteId: string): void {
    this.notes.set(keyOf(conversationId, noteId), { conversationId, noteId });
  }

  participant(conversationId: string, userId: string): void {
    this.participants.set(keyOf(conversationId, userId), { conversationId, userId });
  }

  receipt(conversationId: string, userId: string): void {
    this.receipts.set(keyOf(conversationId, userId), { conversationId, userId });
  }

  reaction(messageId: string, userId: string, emoji: string): void {
    this.reactions.set(keyOf(messageId, userId, emoji), { messageId, userId, emoji });
  }
}

export interface NotePlace {
  readonly conversationId: string;
  readonly noteId: string;
}

export interface Pair {
  readonly conversationId: string;
  readonly userId: string;
}

export interface Reaction {
  readonly messageId: string;
  readonly userId: string;
  readonly emoji: string;
}

/** What the rules will most likely ask for: what they ask beyond it is read when they do. */
export function wantedBy(items: readonly Submission[]): Wanted {
  const wanted = new Wanted();
  for (const { command, context } of items) {
    const { conversationId } = command;
    const { actorId } = context;
    wanted.conversations.add(conversationId);
    wanted.participant(conversationId, actorId);
    if ("userId" in command) wanted.participant(conversationId, command.userId);
    if (command.type === "conversation.create") wanted.keys += 1;
    if (command.type === "receipt.mark") wanted.receipt(conversationId, actorId);
    for (const messageId of messagesOf(command)) wanted.messages.add(messageId);
    if ("content" in command) {
      for (const id of filesIn(command.content)) wanted.file(id, actorId);
      for (const userId of peopleMeant(command.content)) wanted.participant(conversationId, userId);
    }
    if ("subject" in command) wanted.note(conversationId, noteIdOf(command.subject));
    if (command.type === "note.set" && isForModerators(command.subject))
      wantConcern(wanted, command.subject, actorId);
    if (command.type === "note.set" && !context.system) wantPlanned(wanted, command, actorId);
    if ("emoji" in command) wanted.reaction(command.messageId, actorId, command.emoji);
    if (command.type === "poll.vote")
      for (const mark of optionMarks) wanted.reaction(command.messageId, actorId, mark);
    const { forward } = command.type === "message.send" ? command : {};
    if (forward) {
      wanted.sources.add(forward.conversationId);
      wanted.participant(forward.conversationId, actorId);
    }
  }
  return wanted;
}

/** What is reported stands somewhere else. It is only looked at, but may not be erased, or edited, before the case is there. */
function wantConcern(
  wanted: Wanted,
  { conversationId, messageId, userId }: NoteSubject,
  actorId: string,
): void {
  wanted.conversations.add(conversationId);
  wanted.participant(conversationId, actorId);
  if (userId !== undefined) wanted.participant(conversationId, userId);
  if (messageId !== undefined) wanted.messages.add(messageId);
}

/** What is planned is for a conversation that is only looked at. */
function wantPlanned(wanted: Wanted, plan: SetNote, actorId: string): void {
  const files = filesPlanned(plan);
  if (files.length > 0) wanted.sources.add(plan.subject.conversationId);
  for (const id of files) wanted.file(id, actorId);
}

/** Which of them a poll has, its record says, and that is read with them. */
const optionMarks = Array.from({ length: OPTIONS_PER_POLL }, (_, option) => optionMark(option));

function messagesOf(command: Command): readonly string[] {
  if ("messageId" in command) return [command.messageId];
  if (command.type !== "message.send") return [];
  return [command.replyTo, command.threadId, command.forward?.messageId].filter((id) => id !== undefined);
}

/** What it takes to give answers again. */
export function wantedAgain(known: Iterable<Remembered>): Wanted {
  const wanted = new Wanted();
  for (const { conversationId, userId, answer } of known) {
    if ("code" in answer) continue;
    wanted.conversations.add(conversationId);
    wanted.participant(conversationId, userId);
    for (const { type, id } of answer.records) {
      if (type === "participant") wanted.participant(conversationId, id);
      if (type === "note") wanted.note(conversationId, id);
      if (type === "message") wanted.messages.add(id);
    }
  }
  return wanted;
}
