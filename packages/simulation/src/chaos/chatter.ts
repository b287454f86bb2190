import { type Client, type Conversation, isMessagingError, type Sent } from "@tidings/core";
import { openUploads, type UploadsOptions } from "@tidings/core/uploads";
import { hasLetter, letterOf, textNumber } from "./letters.ts";

/** What one member tells the run about itself. Goes through IPC, or out of a page: plain data. */
export type Word =
  /** It is up, and the first thing it did was to read what an earlier life had left. */
  | { readonly type: "ready" }
  /** `send` has resolved: from here on the message must come to be. */
  | { readonly type: "promised"; readonly id: string; readonly text: string }
  /** `send` was refused: it must never come to be. */
  | { readonly type: "refused"; readonly text: string; readonly code: string }
  /** What it was told of the quota of its disk. */
  | { readonly type: "limited"; readonly isDone: boolean }
  | { readonly type: "rests" }
  | { readonly type: "shows"; readonly state: MemberState }
  | { readonly type: "failed"; readonly what: string };

/** What a member shows once it is at rest, and what it shows of its storage alone. */
export interface MemberState {
  /** Ids, by place. */
  readonly shown: readonly string[];
  readonly cached: readonly string[];
  /** Visible in its outbox as failed. */
  readonly failed: readonly string[];
}

export const ROOM = "room";

/** A member that talks without end, at its own pace. */
export interface Chatter {
  /** Sends no more; resolves once nothing waits. */
  rest(): Promise<void>;
  /** Loads everything there is. To be called when all members rest. */
  show(): Promise<Omit<MemberState, "cached">>;
}

const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 60;

/**
 * To be called in the turn in which the client was made: it takes up what an earlier life was putting.
 *
 * @param prefix - makes its texts unlike those of any other life.
 */
export function chat(
  client: Client,
  prefix: string,
  tell: (word: Word) => void,
  options?: UploadsOptions,
): Chatter {
  const room = client.conversation(ROOM);
  const uploads = openUploads(client, options);
  let isOver = false;

  const say = async (text: string): Promise<Sent> => {
    if (!hasLetter(text)) return room.send(text);
    const upload = uploads.add(ROOM, new Blob([letterOf(text)], { type: "text/plain" }), {
      name: "letter.txt",
    });
    try {
      return await room.send({ text, attachments: [upload.attachment] });
    } catch (error) {
      upload.cancel();
      throw error;
    }
  };

  const talk = async (): Promise<void> => {
    for (let count = 0; !isOver; count += 1) {
      const text = textNumber(prefix, count);
      try {
        const { id } = await say(text);
        tell({ type: "promised", id, text });
      } catch (error) {
        if (isMessagingError(error)) tell({ type: "refused", text, code: error.code });
        else tell({ type: "failed", what: String(error) });
      }
      await pause(SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
    }
  };
  const talking = talk();

  return {
    async rest() {
      isOver = true;
      await talking;
      while (!isAtRest(client, room)) await pause(50);
    },
    async show() {
      while (!isAtRest(client, room)) await pause(50);
      await loadAll(room);
      const { entries } = client.outbox.get();
      const failed = entries.filter(({ status }) => status === "failed");
      return { shown: idsOf(room), failed: failed.map(({ command }) => command.commandId) };
    },
  };
}

function isAtRest(client: Client, room: Conversation): boolean {
  return (
    client.connection.get().name === "online" &&
    client.outbox.get().waiting === 0 &&
    room.timeline.get().complete
  );
}

async function loadAll({ timeline }: Conversation): Promise<void> {
  while (timeline.get().hasOlder) await timeline.loadOlder();
  for (let before = -1; before !== timeline.get().items.length;) {
    before = timeline.get().items.length;
    await timeline.loadNewer();
  }
}

/** The messages on screen that the server has confirmed, by place; a hole as a dot. */
function idsOf({ timeline }: Conversation): string[] {
  return timeline
    .get()
    .items.slice()
    .flatMap((item) => (item.type === "hole" ? "…" : item.message.seq > 0 ? item.key : []));
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * What storage alone shows: a client that never gets a link.
 *
 * @param client - one that is not connected and never was.
 */
export async function cachedOf(client: Client): Promise<readonly string[]> {
  const room = client.conversation(ROOM);
  const deadline = Date.now() + 5_000;
  while (idsOf(room).length === 0 && Date.now() < deadline) await pause(20);
  await pause(100);
  return idsOf(room);
}
