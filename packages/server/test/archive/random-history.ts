import { seededRandom } from "@tidings/core/testing";
import { notebookOf, type NoteKind } from "@tidings/core/protocol";
import type { Attachment } from "@tidings/core/protocol";
import type { FileRecord } from "../../src/store/files.ts";
import { type Draft, newId } from "../support/raw-client.ts";
import type { Workbench } from "../store/workbench.ts";

export const PEOPLE: readonly string[] = ["ada", "ben", "cleo", "dan"];
export const PLACES: readonly string[] = ["tea", "work", "☕ räume/ü"];

const WORDS = ["hello", "tea", "کتاب", "naïve", "🫖", "<b>", "end."];
const EMOJI = ["👍", "🎉", "👩‍🚀"];

/** Everything people can do, at random from a seed: much of it is refused, as in life. */
export async function randomHistory(bench: Workbench, seed: number, steps = 150): Promise<void> {
  const random = seededRandom(seed);
  const below = (count: number): number => Math.floor(random.next() * count);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  const said: { readonly id: string; readonly place: string }[] = [];
  const files: FileRecord[] = [];
  const text = (): string => Array.from({ length: 1 + below(4) }, () => pick(WORDS)).join(" ");
  for (const place of PLACES) await bench.group(place, pick(PEOPLE), ...PEOPLE);

  const upload = async (ownerId: string, conversationId: string): Promise<Attachment> => {
    const common = {
      fileId: newId(),
      conversationId,
      ownerId,
      name: `${text()}.png`,
      mediaType: "image/png",
    };
    const file: FileRecord = { ...common, size: 10, createdAt: bench.at, state: "ready" };
    await bench.store.files?.open(file, { perHour: 1e6, previews: 2, bytes: 1e9 });
    files.push(file);
    return { fileId: file.fileId, kind: "image", name: file.name, type: file.mediaType, size: file.size };
  };

  const draft = async (actorId: string): Promise<Draft> => {
    const { id: messageId, place } = said.length > 0 ? pick(said) : { id: newId(), place: pick(PLACES) };
    const on = { conversationId: place, messageId };
    const userId = pick(PEOPLE);
    const emoji = pick(EMOJI);
    const closed = (): boolean => below(2) === 0;
    const subject = (kind: NoteKind) => ({ kind, ...on });
    const note = { conversationId: notebookOf(actorId) };
    const options: readonly (() => Draft | Promise<Draft>)[] = [
      ...Array.from({ length: 6 }, () => async (): Promise<Draft> => {
        const attachments = below(6) === 0 ? { attachments: [await upload(actorId, place)] } : {};
        const custom = below(4) === 0 ? { custom: { odd: "’ \t", deep: { list: [1, null, "x"] } } } : {};
        const relation = pick([{}, {}, { replyTo: messageId }, { threadId: messageId }]);
        const content = { text: text(), ...attachments };
        return { type: "message.send", conversationId: place, kind: "text", content, ...custom, ...relation };
      }),
      () => {
        const poll = { options: ["Tea", "Coffee"], many: closed(), anonymous: closed() };
        return {
          type: "message.send",
          conversationId: place,
          kind: "poll",
          content: { text: "Which?", poll },
        };
      },
      () => ({
        ...{ type: "message.send", conversationId: pick(PLACES), kind: "text", content: { text: "" } },
        forward: on,
      }),
      () => ({ type: "message.edit", ...on, content: { text: text() } }),
      () => ({ type: "message.edit", ...on, content: { text: text() } }),
      () => ({ type: "message.delete", ...on }),
      () => ({ type: "message.delete", ...on, reason: text() }),
      () => ({ type: "note.set", ...note, subject: subject("report"), value: { text: text() } }),
      () => ({ type: "note.set", ...note, subject: subject("appeal"), value: { text: text() } }),
      () => ({ type: "message.react", ...on, emoji }),
      () => ({ type: "message.react", ...on, emoji }),
      () => ({ type: "message.unreact", ...on, emoji }),
      () => ({ type: "message.pin", ...on }),
      () => ({ type: "message.unpin", ...on }),
      () => ({ type: "poll.vote", ...on, choices: pick([[0], [1], [0, 1], []]) }),
      () => ({ type: "poll.close", ...on }),
      () => ({
        type: "participant.role",
        conversationId: place,
        userId,
        role: pick(["owner", "admin", "member"]),
      }),
      () => ({ type: "participant.mute", conversationId: place, userId }),
      () => ({ type: "participant.unmute", conversationId: place, userId }),
      () => ({ type: "participant.leave", conversationId: place }),
      () => ({ type: "participant.add", conversationId: place, userId }),
      () => ({ type: "participant.ban", conversationId: place, userId }),
      () => ({ type: "participant.unban", conversationId: place, userId }),
      () => ({ type: "participant.notify", conversationId: place, notify: "mentions" }),
      () => ({
        type: "conversation.update",
        conversationId: place,
        name: text(),
        settings: { typing: closed(), receipts: true, retention: { maxMessages: 1_000 } },
      }),
      () => ({ type: "receipt.mark", conversationId: place, deliveredSeq: below(40), readSeq: below(20) }),
      () => ({ type: "note.set", ...note, subject: subject("bookmark"), value: {} }),
      () => ({ type: "note.clear", ...note, subject: subject("bookmark") }),
      () => ({
        type: "note.set",
        ...note,
        subject: { kind: "draft", conversationId: place },
        value: { text: text() },
      }),
      () => ({ type: "note.set", ...note, subject: { kind: "block", ...note, userId }, value: {} }),
      async () => {
        const attachments = below(2) === 0 ? { attachments: [await upload(actorId, place)] } : {};
        const content = { text: text(), ...attachments };
        return {
          ...{ type: "note.set", ...note },
          subject: { kind: "scheduled", conversationId: place, messageId: newId() },
          value: { dueAt: bench.at + 1_000_000 + below(1_000), message: { kind: "text", content } },
        };
      },
      () => ({
        type: "note.set",
        ...note,
        subject: subject("reminder"),
        value: { dueAt: bench.at + 2_000_000 },
      }),
    ];
    return pick(options)();
  };

  for (let step = 0; step < steps; step += 1) {
    const actorId = pick(PEOPLE);
    const judged = below(10) === 0 ? { judged: { flags: [{ reason: "rule", score: 0.3 }] } } : {};
    const item = { ...bench.submission(actorId, await draft(actorId)), ...judged };
    const outcome = await bench.outcome(item);
    const { command } = item;
    if (outcome.ok && command.type === "message.send")
      said.push({ id: command.commandId, place: command.conversationId });
  }
}
