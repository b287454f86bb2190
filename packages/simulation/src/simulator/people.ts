import {
  type Conversation,
  isMessagingError,
  type MessageItem,
  type OutboxEntry,
  type Random,
  type Sent,
} from "@tidings/core";
import { anyOf, isLikely, pick } from "../chance.ts";
import { handle, settingsBy } from "./app-acts.ts";
import type { Device } from "./device.ts";
import { filesOf, filesWith, isHandling, type Handling, type Parcels } from "./files/parcels.ts";
import { dueAfter, isJotting, jot, type Jotting, notebookOf, type Occasion } from "./jot.ts";
import type { Life } from "./life.ts";
import type { ActName } from "./weights.ts";
import { ballot, choices, sentAt } from "./poll-acts.ts";

/** Something a person did, and what they were told of it. */
export interface Deed {
  readonly device: Device;
  readonly conversationId: string;
  readonly name: ActName;
  /** Deeds of one device in one conversation take effect in this order. */
  order: number;
  /** Where it stood until it was asked for again: another life may not have heard of that, as nobody was promised it. */
  before?: { readonly order: number; readonly life: Life | undefined };
  /** Known once the client has promised to deliver it. */
  id?: string;
  /** `accepted`, or the code it was refused with. */
  told?: string;
  /** How many writes its disk had not taken when it was refused: if more by the time that is told, it may not have noted it. */
  refusedAt?: number;
  isUnnoted?: boolean;
  /** A retry took its place, or it was called off. */
  isWithdrawn: boolean;
  /** It waits for files, or for what does: the others pass it. */
  readonly isHeldUp: boolean;
  /** Its promise rested on a disk that lost it with the power, as a relaxed one may. */
  isExcused: boolean;
}

export interface People {
  readonly deeds: readonly Deed[];
  /** Deeds with a promise whose end nobody has seen yet. */
  open(): readonly Deed[];
  of(commandId: string): Deed | undefined;
  /** Its device shows this of it. */
  saw(device: Device, entry: OutboxEntry): void;
  act(device: Device, name: ActName, random: Random): void;
  /** What no application could expect. */
  readonly surprises: readonly string[];
}

export const ROOM = "room";
/** What anybody may say at any time; everything else is said once. */
export const COMMON = "ok";
/** Ada and Bob only. */
export const NOOK = "nook";
const emoji = ["👍", "❤️", "😂"];
const others = ["bob", "cyd"];

export function createPeople(parcels: Parcels, inNook = 0.2): People {
  const deeds: Deed[] = [];
  const byId = new Map<string, Deed>();
  const surprises: string[] = [];
  let open: Deed[] = [];
  let orders = 0;

  const surprised = (deed: Deed, error: unknown): void =>
    void surprises.push(
      `${deed.device.name} ${deed.name}: ${error instanceof Error ? error.stack : String(error)}`,
    );

  const told = (deed: Deed, error: unknown): void => {
    if (!isMessagingError(error)) return surprised(deed, error);
    deed.told = error.code;
    deed.isUnnoted = deed.device.disk.refusals > (deed.refusedAt ?? Infinity);
  };

  const promise = (deed: Deed, sent: Sent): void => {
    deed.id = sent.id;
    byId.set(sent.id, deed);
    open.push(deed);
    sent.settled().then(
      () => void (deed.told = "accepted"),
      (error: unknown) => told(deed, error),
    );
  };

  const note = (
    device: Device,
    conversationId: string,
    name: ActName,
    given: Promise<Sent>,
    isHeldUp = false,
  ): void => {
    const deed = {
      ...{ device, conversationId, name, isHeldUp, order: ++orders, isWithdrawn: false, isExcused: false },
    };
    deeds.push(deed);
    given.then(
      (sent) => promise(deed, sent),
      (error: unknown) => told(deed, error),
    );
  };

  const retry = (device: Device): void => {
    const failed = device.client?.outbox.get().entries.find(({ status }) => status === "failed");
    if (!failed) return;
    const { commandId, conversationId } = failed.command;
    const before = byId.get(commandId);
    const sent = device.client?.outbox.retry(commandId);
    if (!sent) return;
    parcels.want(failed.command);
    if (before && sent.id === commandId) {
      before.before = { order: before.before?.order ?? before.order, life: device.life };
      before.order = ++orders;
    } else if (before) before.isWithdrawn = true;
    // Whether the retry is durable nobody says, so it is no promise; what it took the place of was one.
    const isHeldUp = before?.isHeldUp ?? filesWith(failed.command).length > 0;
    const again = { device, conversationId, name: "retry" as const, isHeldUp, order: ++orders };
    if (sent.id !== commandId) byId.set(sent.id, { ...again, isWithdrawn: false, isExcused: false });
  };

  const cancel = (device: Device, commandId: string | undefined): void => {
    const { outbox } = device.client ?? {};
    const entry = outbox?.get().entries.find(({ command }) => command.commandId === commandId);
    if (!entry || !outbox?.cancel(entry.command.commandId)) return;
    parcels.giveUp(entry.command);
    const deed = byId.get(entry.command.commandId);
    if (deed) deed.isWithdrawn = true;
  };

  /** Files on their way; and what is sent with them. */
  const handleFile = (
    device: Device,
    room: Conversation,
    name: Handling,
    random: Random,
    text: string,
  ): void => {
    const { client } = device;
    if (!client) return;
    const dueAt = (): number => dueAfter(sentAt(client), random);
    const occasion = { device, conversationId: room.id, text, random, dueAt };
    const given = parcels.handle(name, { ...occasion, cancel: (commandId) => cancel(device, commandId) });
    if (given) note(device, name === "planFile" ? notebookOf(device.userId) : room.id, name, given, true);
  };

  /** What is about a message waits with it; of one that is pending nobody here may know yet what for. */
  const isAboutHeldUp = (target: MessageItem | undefined): boolean =>
    byId.get(target?.key ?? "")?.isHeldUp ?? (target?.message.seq === 0 && parcels.all().length > 0);

  /** Ahead of everything else that goes there: it is a command of the other conversation. */
  const forward = (device: Device, to: string, give: Conversation["forward"], target: MessageItem): void => {
    const isHeldUp = isAboutHeldUp(target) || filesOf(target.message.content).length > 0;
    note(device, to, "forward", give(target.key, to), isHeldUp);
  };

  /** What messages have to do with each other, and what people think of them. */
  const relate = (device: Device, room: Conversation, name: Relation, random: Random, text: string): void => {
    const items = room.timeline.get().items.slice(-24);
    const target = anyMessage(random, items);
    const poll = anyMessage(random, items.filter(isPoll));
    const isHeldUp = isAboutHeldUp(target) || isAboutHeldUp(poll);
    const give = (given: Promise<Sent>): void => note(device, room.id, name, given, isHeldUp);
    switch (name) {
      case "thread":
        return target && give(room.send(text, { threadId: target.message.threadId ?? target.key }));
      case "poll":
        return device.client && give(room.send({ text, poll: ballot(random, device.client) }));
      case "vote":
        return poll && give(room.vote(poll.key, choices(random, poll)));
      case "closePoll":
        return poll && give(room.closePoll(poll.key));
      case "retain":
        return give(room.update({ settings: settingsBy(random) }));
      case "forward":
        return target && forward(device, room.id === ROOM ? NOOK : ROOM, room.forward, target);
    }
  };

  const write = (device: Device, name: Jotting, random: Random, about: Omit<Occasion, "now">): void => {
    const { client, userId } = device;
    const given = client && jot(client, name, random, { ...about, now: sentAt(client) });
    // What is said of a plan waits with it for its files.
    const isHeldUp = (name === "replan" || name === "unplan") && parcels.all().length > 0;
    if (given) note(device, notebookOf(userId), name, given, isHeldUp);
  };

  const act = (device: Device, name: ActName, random: Random): void => {
    const { client } = device;
    const conversationId = device.userId !== "cyd" && isLikely(random, inNook) ? NOOK : ROOM;
    const room = device.room(conversationId);
    if (!client || !room) return;
    const target = anyMessage(random, room.timeline.get().items.slice(-12));
    const own = anyMessage(random, room.timeline.get().items.slice(-12), device.userId);
    const [sign, other] = [pick(random, emoji) ?? "👍", pick(random, others) ?? "bob"];
    const text = `${device.name} says ${deeds.length}`;
    const isHeldUp = isAboutHeldUp(target) || isAboutHeldUp(own);
    const give = (given: Promise<Sent>): void => note(device, conversationId, name, given, isHeldUp);
    if (isRelation(name)) return relate(device, room, name, random, text);
    if (isHandling(name)) return handleFile(device, room, name, random, text);
    if (isJotting(name)) return write(device, name, random, { conversationId, messageId: target?.key, text });
    switch (name) {
      case "send":
        // People do say the same thing twice.
        for (let count = isLikely(random, 0.2) ? 3 : 1; count > 0; count -= 1)
          give(room.send(isLikely(random, 0.1) ? COMMON : `${text}.${count}`));
        return;
      case "reply":
        return target && give(room.send(text, { replyTo: target.key }));
      case "edit":
        return own && give(room.edit(own.key, `${text} now`));
      case "delete":
        return target && give(room.delete(target.key));
      case "react":
      case "unreact":
        return target && give(room[name](target.key, sign));
      case "pin":
      case "unpin":
        return target && give(room[name](target.key));
      case "markRead":
        return room.markRead(isLikely(random, 0.5) ? target?.message.seq : undefined);
      case "rename":
        return give(room.update({ name: text }));
      case "type":
        return isLikely(random, 0.7) ? room.typing.notify() : room.typing.stop();
      case "leave":
      case "join":
        return conversationId === ROOM ? give(room[name]()) : undefined;
      case "remove":
        return give(room.members.remove(other));
      case "add":
        return conversationId === ROOM || other === "bob" ? give(room.members.add(other)) : undefined;
      case "retry":
        return retry(device);
      case "cancel":
        return cancel(device, pick(random, client.outbox.get().entries)?.command.commandId);
      case "loadOlder":
        return void room.timeline.loadOlder().catch(() => {});
      case "disconnect":
      case "connect":
      case "close":
      case "giveUp":
        return handle(device, name, random);
      case "draft":
        return room.draft.set(isLikely(random, 0.7) ? `${text} perhaps` : "");
    }
  };

  return {
    deeds,
    open: () =>
      (open = open.filter(({ told: end, isWithdrawn, isExcused }) => !end && !isWithdrawn && !isExcused)),
    of: (commandId) => byId.get(commandId),
    saw(device, { command, status }) {
      const deed = byId.get(command.commandId);
      if (status === "cancelled" && command.type === "note.set") {
        parcels.replaced(device, command);
        if (deed) deed.isWithdrawn = true;
      }
      if (deed && status === "failed") deed.refusedAt = deed.device.disk.refusals;
    },
    act,
    surprises,
  };
}

const relations = ["thread", "poll", "vote", "closePoll", "forward", "retain"] as const;
type Relation = (typeof relations)[number];

function isRelation(name: ActName): name is Relation {
  return relations.some((each) => each === name);
}

function isPoll(item: { readonly type: string }): boolean {
  return isMessage(item) && item.message.tally !== undefined;
}

/** One of those on the screen, pending ones included. */
function anyMessage(
  random: Random,
  items: readonly { readonly type: string }[],
  authorId?: string,
): MessageItem | undefined {
  const fitting = items.filter(
    (item): item is MessageItem =>
      isMessage(item) && (authorId === undefined || item.message.authorId === authorId),
  );
  return fitting[anyOf(random, fitting.length)];
}

function isMessage(item: { readonly type: string }): item is MessageItem {
  return item.type === "message";
}
