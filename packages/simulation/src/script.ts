import { isMessagingError, type MessageItem, type Random, type Sent } from "@tidings/core";
import type { ErrorCode } from "@tidings/core/errors";
import { anyOf, isLikely, pick, pickWeighted } from "./chance.ts";
import type { Witness } from "./oracle.ts";

/** What people do, and how often. */
const weights = {
  send: 12,
  reply: 2,
  edit: 4,
  delete: 1,
  react: 5,
  unreact: 3,
  pin: 1,
  unpin: 1,
  markRead: 3,
  rename: 0.3,
  type: 1,
  leave: 0.3,
  join: 0.6,
  retry: 1,
  cancel: 0.5,
  disconnect: 0.3,
  connect: 1,
};

const emoji = ["👍", "❤️", "😂"];

/** What became of something a person did: accepted, or the code it was refused with. */
export interface Deed {
  readonly userId: string;
  readonly name: string;
  /** Absent if it was refused before it was queued. */
  readonly sent?: Sent;
  outcome?: "accepted" | ErrorCode;
}

/** People's doings, at random from a seed. */
export interface Script {
  readonly deeds: readonly Deed[];
  /** What went wrong in a way that no application could expect. */
  readonly mistakes: readonly string[];
  /** Lets somebody do something. */
  step(witnesses: readonly Witness[]): void;
}

export function createScript(random: Random): Script {
  const deeds: Deed[] = [];
  const mistakes: string[] = [];

  const conclude = (deed: Deed, work: Promise<unknown>): Promise<void> =>
    work.then(
      () => void (deed.outcome = "accepted"),
      (error: unknown) => {
        if (isMessagingError(error)) deed.outcome = error.code;
        else mistakes.push(`${deed.userId} ${deed.name}: ${String(error)}`);
      },
    );

  const note = (userId: string, name: string, given: Promise<Sent>): void => {
    given.then(
      (sent) => {
        const deed: Deed = { userId, name, sent };
        deeds.push(deed);
        void conclude(deed, sent.settled());
      },
      (error: unknown) => {
        const deed: Deed = { userId, name };
        deeds.push(deed);
        void conclude(deed, Promise.reject(error));
      },
    );
  };

  const step = (witnesses: readonly Witness[]): void => {
    const witness = pick(random, witnesses);
    const name = pickWeighted(random, weights);
    if (!witness || !name) return;
    const { room, client, userId } = witness;
    const target = anyMessage(random, witness);
    const own = anyMessage(random, witness, userId);
    const sign = pick(random, emoji) ?? "👍";
    const text = `${userId} ${deeds.length}`;
    const give = (given: Promise<Sent>): void => note(userId, name, given);
    switch (name) {
      case "send":
        return give(room.send(text));
      case "reply":
        return target && give(room.send(text, { replyTo: target.key }));
      case "edit":
        return own && give(room.edit(own.key, `${text} edited`));
      case "delete":
        return target && give(room.delete(target.key));
      case "react":
        return target && give(room.react(target.key, sign));
      case "unreact":
        return target && give(room.unreact(target.key, sign));
      case "pin":
        return target && give(room.pin(target.key));
      case "unpin":
        return target && give(room.unpin(target.key));
      case "markRead":
        return room.markRead(isLikely(random, 0.5) ? target?.message.seq : undefined);
      case "rename":
        return give(room.update({ name: text }));
      case "type":
        return isLikely(random, 0.7) ? room.typing.notify() : room.typing.stop();
      case "leave":
        return give(room.leave());
      case "join":
        return give(room.join());
      case "retry": {
        const entry = client.outbox.get().entries.find(({ status }) => status === "failed");
        return entry && note(userId, name, Promise.resolve(client.outbox.retry(entry.command.commandId)));
      }
      case "cancel": {
        const entry = pick(random, client.outbox.get().entries);
        return entry && void client.outbox.cancel(entry.command.commandId);
      }
      case "disconnect":
        return client.disconnect();
      case "connect":
        return void client.connect();
    }
  };

  return { deeds, mistakes, step };
}

/** A recent message, pending ones included. */
function anyMessage(random: Random, { room }: Witness, authorId?: string): MessageItem | undefined {
  const { items } = room.timeline.get();
  const near = items.slice(-12).flatMap((item) => (item.type === "message" ? item : []));
  const fitting = near.filter(({ message }) => authorId === undefined || message.authorId === authorId);
  return fitting[anyOf(random, fitting.length)];
}
