import type { NotifyRules } from "@tidings/core/protocol";
import {
  type ConversationRecord,
  type MessageRecord,
  noteIdOf,
  type NoteRecord,
  type NoteValue,
  type ParticipantRecord,
} from "@tidings/core/protocol";

/** A device that can be pushed to, as its browser describes it (the Push API's subscription). */
export interface PushTarget {
  readonly userId: string;
  /** Names it among the devices of its user. */
  readonly deviceId: string;
  /** Address of its push service: given by a client, and to be trusted as little. */
  readonly endpoint: string;
  /** Base64url: its public key, and the secret it shares with those who write to it. */
  readonly p256dh: string;
  readonly auth: string;
  /** When it said so last, server time in ms. */
  readonly at: number;
}

/** Where people can be told of news while they are not there. */
export interface PushTargets {
  /**
   * Instead of what was kept of that device. A subscription is of one device: whoever had the same before, as on a shared
   * computer, has it no more. Of more than `MOST_DEVICES` those that said so longest ago go.
   */
  put(target: PushTarget): Promise<void>;
  remove(userId: string, deviceId: string): Promise<void>;
  /** Its push service knows it no more. What was put since stays. */
  drop(target: PushTarget): Promise<void>;
  of(userId: string): Promise<readonly PushTarget[]>;
  /**
   * Who of a conversation can be told of messages, a page of people.
   *
   * @param after - `next` of the page before.
   * @returns undefined if there is no such conversation.
   */
  audience(news: News, after?: string): Promise<Audience | undefined>;
  /** How many messages in these conversations, above their watermark and not deleted, are of people they block. */
  unreadOfBlocked(userId: string, conversationIds: readonly string[]): Promise<number>;
}

export interface News {
  readonly conversationId: string;
  readonly messageIds: readonly string[];
}

export interface Audience {
  readonly conversation: ConversationRecord;
  /** Those there are, as they are now. */
  readonly messages: readonly MessageRecord[];
  readonly listeners: readonly Listener[];
  readonly next?: string;
}

/** Somebody in the conversation who has a device that can be pushed to. */
export interface Listener {
  readonly self: ParticipantRecord;
  readonly readSeq: number;
  readonly rules: NotifyRules | undefined;
  readonly muted: NoteValue | undefined;
  /** Of the threads the messages belong to, those they follow. */
  readonly followed: ReadonlySet<string>;
  readonly targets: readonly PushTarget[];
}

/** Devices kept of one person (D9). */
export const MOST_DEVICES = 20;

/** People of one page. */
export const LISTENERS_AT_ONCE = 200;

/** Stands in the list of ids for the note about somebody's notebook, whose id differs from person to person. */
export const OWN_RULES = "notify//";

/** Ids of the notes that decide about messages of a conversation. */
export function noteIdsFor(conversationId: string, messages: readonly MessageRecord[]): readonly string[] {
  const threads = new Set(messages.flatMap(({ threadId }) => threadId ?? []));
  return [
    OWN_RULES,
    noteIdOf({ kind: "muted", conversationId }),
    ...Array.from(threads, (messageId) => noteIdOf({ kind: "followed", conversationId, messageId })),
  ];
}

export interface ListenerRow {
  readonly self: ParticipantRecord;
  readonly readSeq: number;
}

/** Puts together what was read of each. */
export function listenersOf(
  rows: readonly ListenerRow[],
  notes: readonly { readonly userId: string; readonly record: NoteRecord }[],
  targets: readonly PushTarget[],
): readonly Listener[] {
  const noted = grouped(notes, ({ userId }) => userId);
  const owned = grouped(targets, ({ userId }) => userId);
  return rows.map(({ self, readSeq }) => {
    const own = (noted.get(self.userId) ?? []).map(({ record }) => record);
    const valueOf = (kind: string) => own.find(({ subject }) => subject.kind === kind)?.value;
    const followed = own.flatMap(({ subject: { kind, messageId } }) =>
      kind === "followed" && messageId !== undefined ? [messageId] : [],
    );
    return {
      ...{ self, readSeq, rules: valueOf("notify")?.rules, muted: valueOf("muted") },
      ...{ followed: new Set(followed), targets: owned.get(self.userId) ?? [] },
    };
  });
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
