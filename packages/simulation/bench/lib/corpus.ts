import { randomBytes } from "node:crypto";
import { seededRandom } from "@tidings/core/testing";
import { type Command, defaultPolicy } from "@tidings/core/protocol";
import type { Store, Submission } from "@tidings/server/store";

/** What many people have said: words as frequent as in a language (Zipf), in conversations as busy as in a company. */
export interface Corpus {
  readonly words: readonly string[];
  readonly people: readonly string[];
  /** A word by its frequency: 0 is the most frequent. */
  wordOf(rank: number): string;
  /** The n-th message. */
  messageAt(index: number): { readonly actorId: string; readonly command: Command };
  /** The conversations, each with its members, the first of whom begins it. */
  readonly rooms: readonly (readonly string[])[];
}

const VOCABULARY = 20_000;
const WORDS_EACH = 12;
const ROOMS = 200;
const MEMBERS = 25;
const PEOPLE = 1_000;
/** The one who searches is in so many of the rooms, the busiest among them. */
const ROOMS_OF_READER = 60;
export const READER = "person 0";
const SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo yu za sh tr pl".split(" ");
const START = 1_800_000_000_000;

export function createCorpus(seed: number): Corpus {
  const random = seededRandom(seed);
  const pick = (count: number): number => Math.floor(random.next() * count);
  /** A rank below `count`; each half as likely as the one of half its size. */
  const zipf = (count: number): number => Math.floor(Math.exp(random.next() * Math.log(count + 1))) - 1;
  const words = distinct(VOCABULARY, () =>
    Array.from({ length: 2 + pick(3) }, () => SYLLABLES[pick(SYLLABLES.length)] ?? "").join(""),
  );
  const people = Array.from({ length: PEOPLE }, (_, index) => `person ${index}`);
  const rooms = Array.from({ length: ROOMS }, (_, room) => {
    const members = distinct(MEMBERS, () => people[1 + pick(PEOPLE - 1)] ?? "");
    return room % Math.floor(ROOMS / ROOMS_OF_READER) === 0 ? [...members, READER] : members;
  });
  const wordOf = (rank: number): string => words[rank] ?? "";
  return {
    ...{ words, people, rooms, wordOf },
    messageAt(index) {
      const room = zipf(ROOMS);
      const members = rooms[room] ?? [];
      const text = Array.from({ length: WORDS_EACH }, () => wordOf(zipf(VOCABULARY))).join(" ");
      const isMention = index % 500 === 0;
      const content = isMention
        ? { text, ranges: [{ type: "mention", start: 0, end: 1, value: READER } as const] }
        : { text };
      return {
        actorId: members[pick(members.length)] ?? "",
        command: {
          ...{ type: "message.send", commandId: idAt(START + index), conversationId: `room ${room}` },
          ...{ at: START + index, kind: "text", content },
        },
      };
    },
  };
}

/** Gives a store all of it, through its own commits. */
export async function fill(store: Store, corpus: Corpus, messages: number): Promise<void> {
  await commitAll(store, corpus.rooms.length, (index) => {
    const [actorId = "", ...others] = corpus.rooms[index] ?? [];
    const participants = others.map((userId) => ({ userId }));
    return {
      actorId,
      command: {
        ...{
          type: "conversation.create",
          kind: "group",
          commandId: idAt(START),
          conversationId: `room ${index}`,
        },
        ...{ at: 0, participants },
      },
    };
  });
  await commitAll(store, messages, corpus.messageAt);
}

/** Larger than the engine's, as nobody waits for an answer. */
const BATCH = 2_000;

async function commitAll(store: Store, count: number, make: Corpus["messageAt"]): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const items = Array.from({ length: Math.min(BATCH, count - from) }, (_, index): Submission => {
      const { actorId, command } = make(from + index);
      return { command, context: { actorId, at: START + from + index, limits: defaultPolicy.limits } };
    });
    const outcomes = await store.commit(items, () => undefined);
    const refused = outcomes.find((outcome) => !outcome.ok);
    if (refused) throw new Error(JSON.stringify(refused));
  }
}

function distinct(count: number, make: () => string): readonly string[] {
  const made = new Set<string>();
  while (made.size < count) made.add(make());
  return [...made];
}

/** A UUID of version 7 of that time. */
function idAt(ms: number): string {
  const hex = randomBytes(16).toString("hex");
  const time = ms.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(1, 4)}-8${hex.slice(5, 8)}-${hex.slice(8, 20)}`;
}
