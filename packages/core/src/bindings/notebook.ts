import type { Client, Sent } from "../client/types.ts";
import { internalsOf } from "../client/internals.ts";
import type { Observable } from "../base/observable.ts";
import type { CustomSchemas, JsonCustom } from "../compose/custom.ts";
import { notebookOf, type NoteValue } from "../protocol/notes.ts";
import type { NotifyRules } from "../protocol/notify-rules.ts";
import { notesOf } from "./notes-of.ts";
import { type Bookmark, type NotedConversation, type NotesView, viewNotes } from "./notes-view.ts";
import { shareDrafts } from "./shared-drafts.ts";

/**
 * What the user keeps for themselves, on all their devices and seen by nobody else. It works offline like everything
 * else: what is noted shows at once, is queued, and of several devices the last one counts.
 *
 * Every method that notes something throws `command/unsupported` where the backend keeps no notes, `note/limit` where
 * there is no room, and `auth/required` before anybody has said whose notes they are.
 */
export interface Notebook<Schemas extends CustomSchemas> {
  /** All, the pinned ones first, each part by when something was last said. */
  readonly conversations: Observable<readonly NotedConversation<Schemas>[]>;
  pin(conversationId: string): Promise<Sent>;
  unpin(conversationId: string): Promise<Sent>;
  archive(conversationId: string): Promise<Sent>;
  unarchive(conversationId: string): Promise<Sent>;
  /** @param until - server time, ms; for good if absent. */
  mute(conversationId: string, until?: number): Promise<Sent>;
  unmute(conversationId: string): Promise<Sent>;
  /** The newest first. */
  readonly bookmarks: Observable<readonly Bookmark[]>;
  bookmark(conversationId: string, messageId: string): Promise<Sent>;
  unbookmark(conversationId: string, messageId: string): Promise<Sent>;
  /** Ids of the messages, of all conversations, that the user does not want to see. */
  readonly hidden: Observable<ReadonlySet<string>>;
  /** Deletes a message for oneself; all others keep it. */
  hide(conversationId: string, messageId: string): Promise<Sent>;
  unhide(conversationId: string, messageId: string): Promise<Sent>;
  /** What the user wants to be told of; by `noticeOf` it decides what is pushed and shown. */
  readonly rules: Observable<NotifyRules>;
  /** Instead of all rules there were. */
  setRules(rules: NotifyRules): Promise<Sent>;
}

const opened = new WeakMap<object, Notebook<JsonCustom>>();

/** The notebook of the client's user; the same each time. From now on drafts are shared among the user's devices. */
export function openNotebook<Schemas extends CustomSchemas>(client: Client<Schemas>): Notebook<Schemas>;
export function openNotebook(client: Client): Notebook<JsonCustom> {
  const known = opened.get(client);
  if (known) return known;
  const notebook = create(client);
  opened.set(client, notebook);
  return notebook;
}

function create(client: Client): Notebook<JsonCustom> {
  const { core, session } = internalsOf(client);
  const { notes, put, confirmed } = notesOf(client);
  const view: NotesView = viewNotes({ ...core, ...session }, notes, client.conversations);
  shareDrafts({ core, notes, put, confirmed });

  const ofConversation =
    (kind: "pinned" | "archived" | "muted", value?: NoteValue) => (conversationId: string) =>
      put({ kind, conversationId }, value);
  const ofMessage =
    (kind: "bookmark" | "hidden", value?: NoteValue) => (conversationId: string, messageId: string) =>
      put({ kind, conversationId, messageId }, value);
  return {
    ...view,
    pin: ofConversation("pinned", {}),
    unpin: ofConversation("pinned"),
    archive: ofConversation("archived", {}),
    unarchive: ofConversation("archived"),
    mute: (conversationId, until) =>
      put({ kind: "muted", conversationId }, until === undefined ? {} : { until }),
    unmute: ofConversation("muted"),
    bookmark: ofMessage("bookmark", {}),
    unbookmark: ofMessage("bookmark"),
    hide: ofMessage("hidden", {}),
    unhide: ofMessage("hidden"),
    setRules: (rules) => put({ kind: "notify", conversationId: notebookOf(core.userId() ?? "") }, { rules }),
  };
}
