import type { Cancel } from "../base/clock.ts";
import type { Observable } from "../base/observable.ts";
import { isSameList } from "../base/same-list.ts";
import type { Core } from "../client/core.ts";
import type { Session } from "../client/session.ts";
import type { CustomSchemas, JsonCustom } from "../compose/custom.ts";
import type { NoteKind, NoteRecord } from "../protocol/notes.ts";
import type { NotifyRules } from "../protocol/notify-rules.ts";
import type { ConversationItem } from "../sync/listing.ts";

/** A conversation as its list shows it to one person. */
export interface NotedConversation<Schemas extends CustomSchemas> extends ConversationItem<Schemas> {
  readonly pinned: boolean;
  readonly archived: boolean;
  /** Now; nothing of it is to disturb. */
  readonly muted: boolean;
  /** What stands in the composer of one of the person's devices. */
  readonly draft: string | undefined;
}

/** A message to come back to. */
export interface Bookmark {
  readonly conversationId: string;
  readonly messageId: string;
  /** When it was made, server time in ms. */
  readonly at: number;
}

/** What a notebook shows. */
export interface NotesView {
  readonly conversations: Observable<readonly NotedConversation<JsonCustom>[]>;
  readonly bookmarks: Observable<readonly Bookmark[]>;
  readonly hidden: Observable<ReadonlySet<string>>;
  readonly rules: Observable<NotifyRules>;
}

/** A timer cannot wait for longer than some weeks: a mute that lasts longer is looked at again. */
const DAY_MS = 24 * 60 * 60 * 1_000;

export function viewNotes(
  { scope, clock, serverNow }: Pick<Core, "scope" | "clock"> & Pick<Session, "serverNow">,
  notes: Observable<readonly NoteRecord[]>,
  listed: Observable<readonly ConversationItem[]>,
): NotesView {
  let known = new Map<string, NotedConversation<JsonCustom>>();
  let wake: Cancel = () => {};
  /** When the next mute ends. */
  let soonest = Infinity;
  const listeners = new Set<symbol>();

  /** Only while somebody listens, or a closed client would keep its process. */
  const rouse = (): void => {
    wake();
    const delayMs = Math.min(DAY_MS, soonest - serverNow());
    wake =
      soonest < Infinity && listeners.size > 0 ? clock.after(delayMs, conversations.invalidate) : () => {};
  };

  const conversations = scope.lazy(() => {
    const about = byConversation(notes.get());
    const now = serverNow();
    const before = known;
    known = new Map();
    soonest = Infinity;
    const all = listed.get().map((item) => {
      const of = about.get(item.conversationId);
      const mute = of?.get("muted")?.value;
      const until = mute ? (mute.until ?? Infinity) : 0;
      if (until > now) soonest = Math.min(soonest, until);
      const noted = same(before.get(item.conversationId), {
        ...item,
        pinned: of?.has("pinned") ?? false,
        archived: of?.has("archived") ?? false,
        muted: until > now,
        draft: of?.get("draft")?.value?.text,
      });
      known.set(item.conversationId, noted);
      return noted;
    });
    rouse();
    return [...all.filter(({ pinned }) => pinned), ...all.filter(({ pinned }) => !pinned)];
  }, isSameList);
  const bookmarks = scope.lazy(() => messagesOf(notes.get(), "bookmark"), isSameList);
  const hidden = scope.lazy(
    () => new Set(messagesOf(notes.get(), "hidden").map(({ messageId }) => messageId)),
    isSameSet,
  );
  const rules = scope.lazy(() => notes.get().find(isOfAll)?.value?.rules ?? NO_RULES);
  notes.subscribe(() => {
    for (const each of [conversations, bookmarks, hidden, rules]) each.invalidate();
  });
  listed.subscribe(conversations.invalidate);
  return {
    ...{ bookmarks, hidden, rules },
    conversations: {
      get: conversations.get,
      subscribe(listener) {
        const id = Symbol("listener");
        const stop = conversations.subscribe(listener);
        listeners.add(id);
        conversations.get();
        rouse();
        return () => {
          stop();
          listeners.delete(id);
          rouse();
        };
      },
    },
  };
}

const NO_RULES: NotifyRules = Object.freeze({});

function isOfAll({ subject, conversationId }: NoteRecord): boolean {
  return subject.kind === "notify" && subject.conversationId === conversationId;
}

function byConversation(notes: readonly NoteRecord[]): Map<string, Map<NoteKind, NoteRecord>> {
  const about = new Map<string, Map<NoteKind, NoteRecord>>();
  for (const note of notes) {
    const { kind, conversationId, messageId } = note.subject;
    if (messageId !== undefined) continue;
    about.set(conversationId, (about.get(conversationId) ?? new Map()).set(kind, note));
  }
  return about;
}

/** By record: a bookmark is the same object for as long as it is the same. */
const made = new WeakMap<NoteRecord, Bookmark>();

function messagesOf(notes: readonly NoteRecord[], kind: NoteKind): readonly Bookmark[] {
  return notes
    .flatMap((note): readonly Bookmark[] => {
      const { conversationId, messageId, kind: own } = note.subject;
      if (own !== kind || messageId === undefined) return [];
      const bookmark = made.get(note) ?? { conversationId, messageId, at: note.at };
      made.set(note, bookmark);
      return [bookmark];
    })
    .sort((one, other) => other.at - one.at || (one.messageId < other.messageId ? 1 : -1));
}

function same(
  before: NotedConversation<JsonCustom> | undefined,
  now: NotedConversation<JsonCustom>,
): NotedConversation<JsonCustom> {
  if (!before) return now;
  const isSame =
    before.record === now.record &&
    before.lastMessage === now.lastMessage &&
    before.unread === now.unread &&
    before.otherId === now.otherId &&
    before.pinned === now.pinned &&
    before.archived === now.archived &&
    before.muted === now.muted &&
    before.draft === now.draft;
  return isSame ? before : now;
}

function isSameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((each) => other.has(each));
}
