import { internalsOf } from "../client/internals.ts";
import type { Client, ClientOutbox, Conversation } from "../client/types.ts";
import type { CallName, RecordedEntry } from "./recording.ts";
import type { Tape } from "./recorder.ts";

type Args = Extract<RecordedEntry, { readonly type: "call" }>["args"];

/** What a client is asked, and how its machines move, on tape. Its methods are changed in place: it stays the same client. */
export interface WatchOptions {
  readonly tape: Tape;
  /** Called right before the app asks for a link. */
  readonly look: () => void;
  /** Found on storage: given in an earlier life. */
  readonly isRestored: (commandId: string) => boolean;
}

export function recordClient(client: Client, options: WatchOptions): void {
  const { tape, look } = options;
  const call = (name: CallName, args: Args = [], conversationId?: string): void =>
    tape.note({ type: "call", name, conversationId, args });
  const commands = recordCommands(client, options);
  const opened = new WeakSet<Conversation>();
  const { connect, disconnect, close, conversation, createConversation, setPresence } = client;

  const open = (id: string): Conversation => {
    const room = conversation(id);
    if (opened.has(room)) return room;
    opened.add(room);
    call("open", [], id);
    watchGaps(room, tape);
    return recordConversation(room, (name, args) => call(name, args, id), tape);
  };

  Object.assign(client, {
    connect() {
      look();
      call("connect");
      return connect();
    },
    disconnect() {
      call("disconnect");
      disconnect();
    },
    close() {
      call("close");
      return close();
    },
    conversation: open,
    createConversation: async (...args: Parameters<Client["createConversation"]>) =>
      open((await createConversation(...args)).id),
    setPresence(status: Parameters<Client["setPresence"]>[0]) {
      call("setPresence", [status]);
      setPresence(status);
    },
  });
  Object.assign(client.outbox, recordOutbox(client.outbox, commands, tape));
}

interface Commands {
  /** While it runs, no command that appears is a new one: it takes the place of another. */
  replacing<T>(work: () => T): T;
}

function recordCommands(client: Client, { tape, isRestored }: WatchOptions): Commands {
  const known = new Set<string>();
  let isReplacing = false;
  client.on("outbox", ({ command, status, attempts, error, expiresAtMs }) => {
    const { commandId } = command;
    const isNew = !known.has(commandId) && !isReplacing && !isRestored(commandId);
    if (isNew) tape.note({ type: "command", command: tape.redact(command), expiresAtMs });
    if (status === "sent" || status === "cancelled") known.delete(commandId);
    else known.add(commandId);
    tape.note({ type: "delivery", commandId, status, attempts, code: error?.code });
  });
  recordReceipts(client, tape);
  return {
    replacing(work) {
      isReplacing = true;
      try {
        return work();
      } finally {
        isReplacing = false;
      }
    },
  };
}

/** Of one's own messages so many are followed until somebody has read them; the oldest are given up (D9). */
const MOST_FOLLOWED = 500;

/** `delivered` and `read` are no moves of the outbox: they are seen in the timeline when a receipt has come. */
function recordReceipts(client: Client, tape: Tape): void {
  const { directory } = internalsOf(client).core;
  const followed = new Map<string, { readonly conversationId: string; status: string }>();
  client.on("outbox", ({ command: { type, commandId, conversationId }, status }) => {
    if (type !== "message.send" || status !== "sent") return;
    followed.set(commandId, { conversationId, status });
    const [oldest] = followed.keys();
    if (followed.size > MOST_FOLLOWED && oldest !== undefined) followed.delete(oldest);
  });
  client.on("receipt", ({ conversationId }) => {
    const items = directory.peek(conversationId)?.view.get().items;
    for (const [commandId, each] of followed) {
      if (!items || each.conversationId !== conversationId) continue;
      const item = items.at(items.indexOf(commandId));
      if (item?.type !== "message" || item.key !== commandId || item.status === each.status) continue;
      each.status = item.status;
      tape.note({ type: "delivery", commandId, status: item.status, attempts: 0 });
      if (item.status === "read") followed.delete(commandId);
    }
  });
}

function recordOutbox({ retry, cancel }: ClientOutbox, commands: Commands, tape: Tape): object {
  return {
    retry(commandId: string) {
      const sent = commands.replacing(() => retry(commandId));
      tape.note({ type: "call", name: "retry", args: [commandId], became: sent.id });
      return sent;
    },
    cancel(commandId: string) {
      tape.note({ type: "call", name: "cancel", args: [commandId] });
      return cancel(commandId);
    },
  };
}

/** Names its calls; those that lead to a command are seen as the command. */
function recordConversation(
  room: Conversation,
  call: (name: CallName, args?: Args) => void,
  tape: Tape,
): Conversation {
  const { timeline, members, typing, draft, markRead, versions, reactors } = room;
  const { loadOlder, loadNewer, loadAround, loadAt } = timeline;
  const { load } = members;
  const noted =
    <Given extends Args, Result>(name: CallName, work: (...args: Given) => Result) =>
    (...args: Given): Result => {
      call(name, args);
      return work(...args);
    };
  Object.assign(timeline, {
    loadOlder: noted("loadOlder", loadOlder),
    loadNewer: noted("loadNewer", loadNewer),
    loadAround: noted("loadAround", loadAround),
    loadAt: noted("loadAt", loadAt),
  });
  Object.assign(members, { load: noted("loadMembers", load) });
  Object.assign(typing, {
    notify: noted("typing", typing.notify),
    stop: noted("stopTyping", typing.stop),
  });
  const { set } = draft;
  return Object.assign(room, {
    draft: {
      ...draft,
      set(text: string) {
        call("draft", [tape.redact(text)]);
        set(text);
      },
    },
    markRead: noted("markRead", markRead),
    versions: noted("versions", versions),
    /** Which emoji, and which page, is nobody's business; the answer is found by the message. */
    reactors(...[messageId, ...rest]: Parameters<Conversation["reactors"]>) {
      call("reactors", [messageId]);
      return reactors(messageId, ...rest);
    },
  });
}

function watchGaps({ id: conversationId, timeline }: Conversation, tape: Tape): void {
  let known: string | undefined;
  timeline.subscribe(({ missing }) => {
    const found = missing && `${missing.afterRev} ${missing.upTo}`;
    if (found === known) return;
    known = found;
    tape.note({ type: "gap", conversationId, afterRev: missing?.afterRev, upTo: missing?.upTo });
  });
}
