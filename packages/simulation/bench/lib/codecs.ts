import { randomUUID } from "node:crypto";
import { deflateRawSync } from "node:zlib";

/** What people say: words of usual lengths and frequencies. */
const WORDS = (
  "the and to of a in is that it was for on are with as at be this have from or had by but some what there we can " +
  "out other were all your when up use word how said each she which do their time if will way about many then them " +
  "tomorrow meeting thanks morning project deadline question really should could maybe lunch review update release"
).split(" ");

/** A change as it is pushed: a message of `words` words. They differ as changes do, in ids, numbers, times and text. */
export function changeFrame(rev: number, words = 12): string {
  const text = Array.from(
    { length: words },
    (_, index) => WORDS[(rev * 31 + index * 17) % WORDS.length],
  ).join(" ");
  const commandId = randomUUID();
  const at = 1_767_268_800_000 + rev * 4_321;
  const record = {
    ...{ type: "message", id: commandId, conversationId: "room-of-the-team", rev, seq: rev, kind: "text" },
    ...{
      authorId: `user-${rev % 7}`,
      content: { text },
      sentAt: at,
      createdAt: at + 20,
      version: 0,
      reactions: [],
    },
  };
  const { conversationId, authorId: actorId } = record;
  const change = { conversationId, rev, kind: "message.send", actorId, at: at + 20, commandId, record };
  return JSON.stringify({ type: "change", change });
}

/** How a frame may become bytes once, for whoever receives it. */
export type Codec = (frame: string) => Uint8Array | string;

export const plain: Codec = (frame) => frame;

const KEYS = [...new Set([...changeFrame(1).matchAll(/"(\w+)":/g)].map(([, key = ""]) => key))];
const SHORT = new Map(KEYS.map((key, index) => [key, index.toString(36)]));

/** JSON with keys of one character and ids in base64: what a compact codec of our own would come to, about. */
export const compact: Codec = (frame) =>
  frame
    .replaceAll(/"(\w+)":/g, (_, key: string) => `"${SHORT.get(key) ?? key}":`)
    .replaceAll(
      /"([\da-f-]{36})"/g,
      (_, uuid: string) => `"${Buffer.from(uuid.replaceAll("-", ""), "hex").toString("base64url")}"`,
    );

const dictionary = Buffer.from([1, 2, 3].map((rev) => changeFrame(rev)).join());

/** Each frame deflated by itself, with a dictionary that both sides know: once for all receivers, no memory per link. */
export const deflatedOnce: Codec = (frame) => deflateRawSync(frame, { dictionary });
