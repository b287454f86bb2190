import type { Client, Conversation, MessageItem } from "@tidings/core";
import type { MessageRecord, ParticipantRecord } from "@tidings/core/protocol";
import type { Apart } from "./apart.ts";
import { canonical } from "./canonical.ts";
import type { Device } from "./device.ts";
import type { FileWatch } from "./files/file-watch.ts";
import { type Account, isIn, type Ledger } from "./ledger.ts";
import { noteFaults } from "./note-faults.ts";
import { notebookOf } from "./jot.ts";
import type { Deed, People } from "./people.ts";
import { dueBy, planFaults } from "./plan-faults.ts";
import { type Fault, receiptFaults } from "./receipt-faults.ts";
import { gapFaults, orderFaults } from "./timeline-faults.ts";
import { voteFaults } from "./vote-faults.ts";

export interface Oracle {
  /** Looks at what one device shows the moment it shows it. */
  look(device: Device, room: Conversation): void;
  /** Looks at everybody, between two steps. */
  check(): void;
  /** Nothing goes wrong any more and everybody had time: now all must agree. @param isResumed - on a new link each. */
  judge(isResumed: boolean): void;
  /** Does everybody have everybody's watermarks? */
  areReceiptsRight(): boolean;
  /** Why it is too early to judge. */
  unrest(isResumed: boolean): string | undefined;
  /** A backup was restored. */
  forget(): void;
}

export interface OracleOptions {
  readonly devices: readonly Device[];
  readonly ledger: Ledger;
  readonly people: People;
  readonly apart: Pick<Apart, "wereApart">;
  readonly violate: (law: string, what: string) => void;
  /** Absent: there are no files. */
  readonly files: Pick<FileWatch, "unrest"> | undefined;
  readonly conversations: readonly string[];
  /** Server time, ms. */
  readonly now: () => number;
}

/** How much of a timeline is looked at each time; what is older was looked at before. */
const TAIL = 40;
/** More timers than any client has cause for (D9). */
const MOST_TIMERS = 40;
/** What is planned for so soon could be carried out in the midst of judging. */
const SOON_MS = 300_000;
/** Codes after which a command may have taken effect all the same. */
const UNCERTAIN: ReadonlySet<string> = new Set(["outbox/gave-up", "outbox/cancelled", "client/closed"]);

/**
 * Holds what devices show and what people were told against the ledger. It shares no code with client or server: what
 * the laws say is said here once more, in the plainest way.
 */
export function createOracle(options: OracleOptions): Oracle {
  const { devices, ledger, people, apart, violate, conversations, now } = options;
  const sound = new WeakSet<MessageRecord>();

  const look = (device: Device, room: Conversation): void => {
    const account = ledger.account(room.id);
    const view = room.timeline.get();
    const items = view.items.slice(-TAIL);
    for (const fault of orderFaults(items)) violate("D4", `${device.name} ${room.id}: ${fault}`);
    for (const item of items) {
      if (item.type === "message" && item.message.seq > 0 && !item.pending) confirmed(device, item);
    }
    if (!device.isCurrent || !view.complete || view.absent) return;
    for (const fault of gapFaults(items, view.head, view.hasOlder, account))
      violate("D4", `${device.name} ${room.id}: ${fault}`);
    for (const item of items) if (item.type === "message") progress(device, item, account);
  };

  const confirmed = ({ name }: Device, { message }: MessageItem): void => {
    if (sound.has(message)) return;
    if (ledger.knows(message)) sound.add(message);
    else violate("D3", `${name} shows as confirmed what never was: ${JSON.stringify(message)}`);
  };

  /** D5: nobody is shown further than they are. */
  const progress = (device: Device, { status, own, message }: MessageItem, { receipts }: Account): void => {
    if (!own || message.seq === 0 || (status !== "delivered" && status !== "read")) return;
    const reached = [...receipts.values()].some(
      ({ userId, deliveredSeq, readSeq }) =>
        userId !== device.userId && (status === "read" ? readSeq : deliveredSeq) >= message.seq,
    );
    if (!reached)
      violate("D5", `${device.name} shows ${message.id} as ${status}, and nobody has got that far`);
  };

  /** D6: what looks pending is on its way, and what is shown without a place has failed or is. */
  const pending = (device: Device, room: Conversation): void => {
    const entries = device.client?.outbox.get().entries ?? [];
    const active = new Set(
      entries.flatMap(({ command, status }) =>
        status === "failed" ? [] : ["messageId" in command ? command.messageId : "", command.commandId],
      ),
    );
    const failed = new Set(entries.map(({ command }) => command.commandId));
    for (const item of room.timeline.get().items.slice(-TAIL)) {
      if (item.type !== "message" || !(item.pending || item.message.seq === 0)) continue;
      if (active.has(item.key) || (!item.pending && failed.has(item.key))) continue;
      violate(
        "D6",
        `${device.name} shows ${item.key} as ${item.status}, and nothing in its outbox explains it`,
      );
    }
  };

  /** D1: what was promised is with the server, in the outbox, or its end was told. */
  const promised = (): void => {
    for (const deed of people.open()) {
      const { device, id = "" } = deed;
      if (!device.client || !device.hasResumed || isKept(deed, ledger)) continue;
      violate("D1", `${device.name} promised to deliver ${deed.name} ${id}, and it is nowhere`);
    }
  };

  const bounds = ({ name, life, client }: Device): void => {
    if (!client || !life) return;
    if (life.timers > MOST_TIMERS) violate("D9", `${name} has ${life.timers} timers`);
  };

  const eachRoom = (work: (device: Device, room: Conversation) => void): void => {
    for (const device of devices) {
      for (const id of conversations) {
        const room = device.room(id);
        if (room) work(device, room);
      }
    }
  };

  return {
    look,
    check() {
      eachRoom((device, room) => {
        look(device, room);
        pending(device, room);
      });
      devices.forEach(bounds);
      promised();
      for (const surprise of people.surprises.slice(0, 1)) violate("D10", surprise);
    },
    judge(isResumed) {
      eachRoom((device, room) => {
        for (const [law, fault] of differences(device, room, { ledger, apart, people, isResumed }))
          violate(law, `${device.name} ${room.id}, at rest: ${fault}`);
      });
      for (const device of devices) {
        const notebook = notebookOf(device.userId);
        if (!isResumed && device.client?.conversation(notebook).timeline.get().absent) continue;
        for (const fault of noteFaults(device.client, ledger.account(notebook)))
          violate("D3", `${device.name}'s notes, at rest: ${fault}`);
        for (const fault of planFaults(ledger.account(notebook), ledger, (id) => people.of(id) !== undefined))
          violate("D1", `${device.userId}'s plan ${fault}`);
      }
      for (const device of devices) {
        const { waiting = 0 } = device.client?.outbox.get() ?? {};
        if (waiting > 0) violate("D1", `${device.name}, at rest, still has ${waiting} commands waiting`);
      }
      for (const deed of people.deeds) for (const fault of brokenPromises(deed, ledger)) violate(...fault);
    },
    areReceiptsRight() {
      let areRight = true;
      eachRoom((device, room) => {
        for (const _fault of receiptFaults(device, room, ledger.account(room.id), apart)) areRight = false;
      });
      return areRight;
    },
    unrest(isResumed) {
      for (const device of devices) {
        const { client, name } = device;
        if (client?.connection.get().name !== "online") return `${name} is not online`;
        // Its link is one to the server that was; revisions of the two may be alike.
        if (!device.isCurrent) return `${name} has not heard of the backup that was restored`;
        if (client.outbox.get().waiting > 0) return `${name} has commands waiting`;
        const notebook = notebookOf(device.userId);
        const noted = ledger.account(notebook).changes.length;
        const due = dueBy(ledger.account(notebook), now() + SOON_MS);
        if (due) return `${device.userId}'s plan was not carried out: ${JSON.stringify(due)}`;
        const { complete, head, absent } = client.conversation(notebook).timeline.get();
        // As with any conversation: if the push that brings somebody into it gets lost, they learn at their next link.
        if (noted > 0 && !(absent && !isResumed) && !(complete && head.rev === noted))
          return `${name} lacks some of its notes: ${head.rev} of ${noted}`;
        for (const id of conversations) {
          const account = ledger.account(id);
          const view = device.room(id)?.timeline.get();
          if (!isResumed && view?.absent) continue;
          if (isResumed && isListed(client, id) !== isIn(account, device.userId))
            return `${name} does not know yet whether it is in ${id}`;
          if (isIn(account, device.userId) && !(view?.complete && view.head.rev === account.changes.length))
            return `${name} lacks some of ${id}: ${JSON.stringify({ ...view, items: view?.items.length })} of ${account.changes.length}`;
        }
      }
      return options.files?.unrest();
    },
    forget() {
      for (const device of devices) device.forgetEpoch();
    },
  };
}

function isListed(client: Client, id: string): boolean {
  return client.conversations.get().some(({ conversationId }) => conversationId === id);
}

function isKept({ device, id = "", told }: Deed, ledger: Ledger): boolean {
  if (told !== undefined || ledger.has(id) || ledger.lost.has(id)) return true;
  return device.client?.outbox.get().entries.some(({ command }) => command.commandId === id) === true;
}

/** At rest a device shows exactly what the server has, and what failed visibly. */
function* differences(
  device: Device,
  room: Conversation,
  {
    ledger,
    apart,
    people,
    isResumed,
  }: Pick<OracleOptions, "ledger" | "apart" | "people"> & { readonly isResumed: boolean },
): Generator<Fault> {
  const account = ledger.account(room.id);
  const { userId, client } = device;
  const isInList = client !== undefined && isListed(client, room.id);
  const view = room.timeline.get();
  // One push tells somebody that they were removed, or are back in; if it gets lost they learn at their next link.
  if (isInList !== isIn(account, userId) && (isResumed || !(isInList || view.absent)))
    yield ["D8", `it is ${isInList ? "" : "not "}in its list`];
  if (!isIn(account, userId) || (view.absent && !isResumed)) return;
  for (const item of view.items) {
    if (item.type === "hole") yield ["D4", `${item.key} is still a hole`];
    else if (item.message.seq === 0) {
      if (item.status !== "failed" || !item.error) yield ["D6", `${item.key} is ${item.status}`];
    } else {
      const newest = account.records.get(item.key);
      if (!item.pending && canonical(item.message) !== canonical(newest))
        yield ["D3", `it shows ${JSON.stringify(item.message)} instead of ${JSON.stringify(newest)}`];
    }
  }
  if (view.head.rev !== account.changes.length) yield ["D4", `it is at ${view.head.rev}`];
  if (canonical(room.record.get()) !== canonical(account.records.get("conversation")))
    yield ["D3", `its record is ${JSON.stringify(room.record.get())}`];
  for (const fault of voteFaults(device, room, ledger, people)) yield ["D3", fault];
  if (!isResumed) return;
  yield* peopleFaults(room.members.get(), account);
  yield* receiptFaults(device, room, account, apart);
}

function* peopleFaults(shown: readonly ParticipantRecord[], { records }: Account): Generator<Fault> {
  for (const person of shown) {
    const record = records.get(`participant ${person.userId}`);
    if (canonical(record) !== canonical(person))
      yield ["D3", `it shows ${JSON.stringify(person)} instead of ${JSON.stringify(record)}`];
  }
}

/** D1, D2, D6: what people were told is what happened. */
function* brokenPromises(deed: Deed, ledger: Ledger): Generator<Fault> {
  const { device, id, told, name, isWithdrawn, isExcused, isUnnoted, before } = deed;
  if (id === undefined) return; // refused before it was promised, or its device died before
  const what = `${device.name} ${name} ${id}`;
  const isThere = ledger.has(id);
  const isLost = ledger.lost.has(id);
  if (told === "accepted" && !isThere && !isLost) yield ["D1", `${what} was accepted, and is not there`];
  // What may be asked for again under its id its device has refused, and nobody else: as for a file that was.
  const isFinal = !UNCERTAIN.has(told ?? "") && !isUnnoted && !before;
  if (told !== undefined && told !== "accepted" && isFinal && isThere)
    yield ["D6", `${what} was refused with ${told}, and is there`];
  if (told !== undefined || isThere || isLost || isWithdrawn || isExcused) return;
  const entry = device.client?.outbox.get().entries.find(({ command }) => command.commandId === id);
  if (entry?.status !== "failed") yield ["D1", `${what} was promised, and its end is not known`];
}
