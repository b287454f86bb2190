import { type Client, type Conversation, isMessagingError, type MessageItem, type Sent } from "@tidings/core";
import { openBlocks, openNotebook, openPlans } from "@tidings/core/bindings";
import { openUploads, type UploadsOptions } from "@tidings/core/uploads";
import { anyOf, pick } from "../chance.ts";
import { textOf } from "../texts.ts";
import { ACTS, chanceTo, OPTIONS, random } from "./deeds.ts";
import { faceOf, type NotesFace, readBy } from "./face.ts";
import { hasLetter, letterOf, textNumber } from "./letters.ts";
import type { Shown, Stored, Word } from "./word.ts";
import { ROOM } from "./words.ts";

/** A member that talks without end, at its own pace. */
export interface Chatter {
  /** Says and does no more; resolves once nothing waits. */
  rest(): Promise<void>;
  /** Loads everything there is, and has read it. To be called when all members rest. */
  show(): Promise<Shown>;
}

export interface ChatterOptions {
  readonly userId: string;
  /** Makes its texts unlike those of any other life. */
  readonly prefix: string;
  readonly others: readonly string[];
  /** Resolves once the run has heard. */
  readonly tell: (word: Word) => Promise<void>;
  readonly uploads?: UploadsOptions;
}

const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 60;
/** Of what is said, one in so many answers something, and one is a poll. */
const REPLY_EVERY = 7;
const POLL_EVERY = 11;

/** To be called in the turn in which the client was made: it takes up what an earlier life was putting. */
export function chat(client: Client, options: ChatterOptions): Chatter {
  const { userId, prefix, others, tell } = options;
  const room = client.conversation(ROOM);
  const uploads = openUploads(client, options.uploads);
  openBlocks(client);
  openNotebook(client);
  const firstAct = anyOf(random, ACTS.length);
  let isOver = false;

  const sendFile = async (text: string): Promise<Sent> => {
    const letter = new Blob([letterOf(text)], { type: "text/plain" });
    const upload = uploads.add(ROOM, letter, { name: "letter.txt" });
    try {
      return await room.send({ text, attachments: [upload.attachment] });
    } catch (error) {
      upload.cancel();
      throw error;
    }
  };

  const say = async (text: string, count: number): Promise<void> => {
    const isPoll = count % POLL_EVERY === 0;
    const replyTo = count % REPLY_EVERY === 0 ? answerable(room) : undefined;
    const draft = { text, ...(isPoll && { poll: { options: OPTIONS, many: count % 2 === 0 } }) };
    try {
      const { id } = await (hasLetter(text) ? sendFile(text) : room.send(draft, replyTo ? { replyTo } : {}));
      void tell({ type: "promised", id, text, ...(!hasLetter(text) && { isPoll, replyTo }) });
    } catch (error) {
      if (isMessagingError(error)) void tell({ type: "refused", text, code: error.code });
      else throw error;
    }
  };

  /** What it is about to do is told before: whoever is killed meanwhile tells nothing any more. */
  const act = async (key: string, count: number): Promise<void> => {
    const kind = ACTS[(firstAct + count) % ACTS.length];
    const chance = kind && chanceTo(kind, { client, key, others });
    if (!chance) return;
    const { give, ...deed } = chance;
    await tell({ type: "tries", deed: { key, ...deed } });
    try {
      const sent = await give();
      void tell({ type: "kept", key, id: sent?.id });
    } catch (error) {
      if (isMessagingError(error)) void tell({ type: "denied", key, code: error.code });
      else throw error;
    }
  };

  const talk = async (): Promise<void> => {
    for (let count = 0; !isOver; count += 1) {
      const text = textNumber(prefix, count);
      try {
        // What has a file is said in any case: there are few of them.
        await (count % 2 === 0 || hasLetter(text)
          ? say(text, count)
          : act(`${prefix} ${count}`, (count - 1) / 2));
      } catch (error) {
        void tell({ type: "failed", what: error instanceof Error ? `${error.stack}` : String(error) });
      }
      await pause(SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
    }
  };
  const talking = talk();

  return {
    async rest() {
      isOver = true;
      await talking;
      while (!isAtRest(client, userId)) await pause(50);
    },
    async show() {
      while (!isAtRest(client, userId)) await pause(50);
      await loadAll(room);
      await room.members.load();
      room.markRead();
      while (!haveAllRead(room)) await pause(50);
      const failed = client.outbox.get().entries.filter(({ status }) => status === "failed");
      return {
        ...facesIn(client),
        read: readBy(room.receipts.get()),
        failed: failed.map(({ command, error }) => ({ id: command.commandId, code: error?.code })),
      };
    },
  };
}

/** Something to answer; not what may be gone for good, so that not all answers are refused. */
function answerable(room: Conversation): string | undefined {
  const shown = room.timeline.get().items.slice(-20);
  const there = shown.flatMap((item) =>
    item.type === "message" && item.message.seq > 0 && item.message.deletedAt === undefined ? item.key : [],
  );
  return pick(random, there);
}

/** What was planned is due within a second or two, and then said. */
function isAtRest(client: Client, userId: string): boolean {
  const [room, notebook] = [client.conversation(ROOM), client.conversation(`~/${userId}`)];
  const { absent, complete } = notebook.timeline.get();
  return (
    client.connection.get().name === "online" &&
    client.outbox.get().waiting === 0 &&
    room.timeline.get().complete &&
    (absent || complete) &&
    openPlans(client)
      .scheduled.get()
      .every(({ status }) => status === "refused")
  );
}

async function loadAll({ timeline }: Conversation): Promise<void> {
  while (timeline.get().hasOlder) await timeline.loadOlder();
  for (let before = -1; before !== timeline.get().items.length;) {
    before = timeline.get().items.length;
    await timeline.loadNewer();
  }
}

function haveAllRead({ members, receipts, timeline }: Conversation): boolean {
  const { seq } = timeline.get().head;
  const read = new Map(receipts.get().map(({ userId, readSeq }) => [userId, readSeq]));
  return members.get().every(({ userId }) => read.get(userId) === seq);
}

/** The messages on screen that the server has confirmed, and the notes. */
function facesIn(client: Client): Stored {
  const items = client.conversation(ROOM).timeline.get().items.slice();
  return {
    messages: items.flatMap((item) => (item.type === "hole" ? "…" : isPlaced(item) ? shownAs(item) : [])),
    notes: notesIn(client),
  };
}

function isPlaced({ message }: MessageItem): boolean {
  return message.seq > 0;
}

function shownAs({ message, pending }: MessageItem): string {
  return faceOf(message, pending);
}

function notesIn(client: Client): NotesFace {
  // What could not be planned is shown among what is; the server has never heard of it.
  const unplanned = new Set(
    client.outbox
      .get()
      .entries.flatMap(({ status, command }) =>
        status === "failed" && command.type === "note.set" ? (command.subject.messageId ?? []) : [],
      ),
  );
  return {
    hidden: [...openNotebook(client).hidden.get()].sort(),
    blocked: [...openBlocks(client).userIds.get()].sort(),
    planned: openPlans(client)
      .scheduled.get()
      .filter(({ id }) => !unplanned.has(id))
      .map(({ message }) => textOf(message))
      .sort(),
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * What storage alone shows: a client that never gets a link. It is given the time it takes to show what the other did.
 *
 * @param client - one that is not connected and never was.
 */
export async function storedOf(client: Client, { messages, notes }: Shown): Promise<Stored> {
  const isThere = (stored: Stored): boolean =>
    stored.messages.at(-1) === messages.at(-1) && JSON.stringify(stored.notes) === JSON.stringify(notes);
  const deadline = Date.now() + 5_000;
  while (!isThere(facesIn(client)) && Date.now() < deadline) await pause(20);
  await pause(100);
  return facesIn(client);
}
