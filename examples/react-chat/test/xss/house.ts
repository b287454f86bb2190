import { type Client, createClient, isMessagingError } from "@tidings/core";
import { untilListed } from "@tidings/core/bindings";
import { createMemoryBackend, type MemoryBackend } from "@tidings/core/memory";
import { type Command, defaultPolicy, type NoteSubject, type NoteValue } from "@tidings/core/protocol";
import { names } from "./corpus.ts";

/** A client to whom everything there is has been said by people whose names are attacks, in words that are. */
export interface House {
  readonly client: Client;
  readonly room: string;
  /** A message everybody reacted to, a poll in which everybody voted, one that was edited again and again, a thread. */
  readonly liked: string;
  readonly polled: string;
  readonly edited: string;
  readonly root: string;
  /** Now, of a message, in these words. */
  remind(text: string): void;
}

const ROOM = "attacked";
const MINUTE_MS = 60_000;
const policy = {
  ...defaultPolicy,
  typing: { everyMs: MINUTE_MS, expiresMs: 10 * MINUTE_MS },
  rates: [],
  limits: {
    ...{
      ...defaultPolicy.limits,
      pageSize: 1_000,
      members: 1_000,
      invitations: 1_000,
      notes: 10_000,
      pins: 1_000,
      textLength: 100_000,
    },
  },
};

type Said<Type> = Type extends Command ? Omit<Type, "commandId" | "conversationId" | "at"> : never;

/** Does what it is told; answers the command's id, unless the rules refuse it. */
type Act = (userId: string, said: Said<Command>, room?: string) => string | undefined;

function hand(backend: MemoryBackend): Act {
  let count = 0;
  return (userId, said, conversationId = ROOM) => {
    const commandId = `01900000-0000-7000-8000-${String((count += 1)).padStart(12, "0")}`;
    try {
      backend.act(userId, { commandId, conversationId, at: Date.now(), ...said });
      return commandId;
    } catch (error) {
      if (isMessagingError(error)) return undefined;
      throw error;
    }
  };
}

export async function furnish(): Promise<House> {
  const backend = createMemoryBackend({ policy, conversations: [] });
  const act = hand(backend);
  const participants = names.map((userId) => ({ userId }));
  act("ada", { type: "conversation.create", kind: "group", name: names[0] ?? "", participants });
  const say = (userId: string, text: string, threadId?: string, room?: string): string | undefined =>
    act(
      userId,
      { type: "message.send", kind: "text", content: { text }, ...(threadId && { threadId }) },
      room,
    );
  names.forEach((name, index) => {
    const place = { kind: "group", name, description: name, participants: [{ userId: name }] } as const;
    act("ada", { type: "conversation.create", ...place }, `place ${index}`);
    say(name, "hello", undefined, `place ${index}`);
  });
  const [liked = "", edited = "", root = ""] = ["hello", "hello again", "a thread"].map((text) =>
    say("ada", text),
  );
  const options = ["yes", "no"];
  const polled =
    act("ada", { type: "message.send", kind: "poll", content: { text: "Really?", poll: { options } } }) ?? "";
  const said = names.flatMap((name) => say(name, name) ?? []);
  for (const name of names) {
    act(name, { type: "message.react", messageId: liked, emoji: "👍" });
    act(name, { type: "poll.vote", messageId: polled, choices: [0] });
    act("ada", { type: "message.edit", messageId: edited, content: { text: name } });
    say(name, name, root);
    act(name, { type: "receipt.mark", readSeq: 1 });
  }
  for (const messageId of said) act("ada", { type: "message.pin", messageId });

  note(act, said);
  const client = createClient({ transport: backend.transport("ada") });
  await client.connect();
  await untilListed(client);
  await type(backend);
  const remind = (text: string): void =>
    put(act, { kind: "reminder", conversationId: ROOM, messageId: root }, { dueAt: Date.now(), text });
  return { client, room: ROOM, liked, polled, edited, root, remind };
}

function put(act: Act, subject: NoteSubject, value: NoteValue): void {
  act("ada", { type: "note.set", subject, value }, "~/ada");
}

/** All of it is bookmarked, to be said again later, and to be reminded of. */
function note(act: Act, said: readonly string[]): void {
  const dueAt = Date.now() + 60 * MINUTE_MS;
  said.forEach((messageId, index) => {
    const [about, text = ""] = [{ conversationId: ROOM, messageId }, names[index]];
    put(act, { kind: "bookmark", ...about }, {});
    put(act, { kind: "reminder", ...about }, { dueAt, text });
    put(act, { kind: "scheduled", ...about }, { dueAt, message: { kind: "text", content: { text } } });
  });
}

/** As many as are told each other, which all who are there are: some of them write at once. */
const TYPISTS = 40;

async function type(backend: MemoryBackend): Promise<void> {
  const every = Math.ceil(names.length / TYPISTS);
  for (const name of names.filter((_, index) => index % every === 0)) {
    const request = { token: undefined, clientId: "typist", receive: () => {} };
    const link = await backend.transport(name).open(request, new AbortController().signal);
    link.signal({ type: "typing", conversationId: ROOM, active: true });
  }
}
