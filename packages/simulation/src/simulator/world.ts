import type { Conversation, OutboxEntry } from "@tidings/core";
import { type Command, defaultPolicy, type NoteRecord, type Policy } from "@tidings/core/protocol";
import { seededRandom } from "@tidings/core/testing";
import type { Upload } from "@tidings/core/uploads";
import type { Submission } from "@tidings/server/store";
import { type Apart, createApart } from "./apart.ts";
import { connectionMoves, type Coverage, createCoverage, deliveryMoves } from "./coverage.ts";
import { createDevice, type Device } from "./device.ts";
import { createDepot, type Depot } from "./files/depot.ts";
import { createFileWatch, type FileWatch } from "./files/file-watch.ts";
import { createParcels } from "./files/parcels.ts";
import { createHost, type Host } from "./host.ts";
import type { Life } from "./life.ts";
import { createKeeping } from "./keeping.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createOracle, type Oracle } from "./oracle.ts";
import { createPeople, NOOK, type People, ROOM } from "./people.ts";
import type { Plan } from "./plan.ts";
import { createTime, type Time } from "./time.ts";
import { watchWire } from "./wire-watch.ts";

/** Something that must never be, and which law says so. */
export interface Violation {
  readonly law: string;
  readonly what: string;
}

/** The real engine on the real store, devices with the shipped client, and what watches over them. */
export interface World {
  readonly time: Time;
  readonly host: Host;
  readonly devices: readonly Device[];
  readonly people: People;
  readonly ledger: Ledger;
  readonly apart: Apart;
  readonly oracle: Oracle;
  /** Where the bytes of files are. */
  readonly depot: Depot;
  /** Absent: there are no files. */
  readonly files: FileWatch | undefined;
  readonly coverage: Coverage;
  readonly violations: readonly Violation[];
  violate(law: string, what: string): void;
  close(): Promise<void>;
}

/** Some day in 2026; ids hold it. */
const START_MS = 1_790_000_000_000;
const CONVERSATIONS = [ROOM, NOOK];
const tight = [{ name: "minute", scope: "user", tokens: 60, perMs: 60_000, burst: 5 }] as const;

export async function createWorld({ seed, setting }: Plan): Promise<World> {
  const random = seededRandom(seed);
  const time = createTime(START_MS);
  const coverage = createCoverage();
  const violations: Violation[] = [];
  const violate = (law: string, what: string): void => void violations.push({ law, what });
  const parcels = createParcels();
  const people = createPeople(parcels, setting.contacts ? 0.5 : undefined);
  const apart = createApart(time.now, (id) => people.of(id)?.told === "accepted", violate);
  const lanes = createLaneWatch(people, (commandId) => ledger.lost.has(commandId), violate);
  const ledger = createLedger({
    ...{ now: time.now, violate, onEffect: lanes.took },
    onTaken(actorId, command, changes) {
      apart.took(actorId, command, changes);
      keeping.took(changes);
    },
    onMessage: (message) => files?.sent(message),
    onNote: (note) => files?.planned(note),
  });
  const keeping = createKeeping(ledger.account, time.now, violate);
  const reminders = createReminderWatch(violate);
  const users = new Map<string, string>();
  const wires = watchWire({ ledger, apart, now: time.now, violate });
  const moves = createMoveWatch(coverage, violate);

  const mishap = (name: string): void => coverage.count("fault", name);
  const depot = createDepot({ now: time.now, chance: () => random.next(), onMishap: mishap });
  const isScanned = setting.files === "scanned";

  let ids = 0;
  const host = createHost({
    ...{ time, random, policy: policyOf(setting) },
    ...(setting.files && { files: { depot, isScanned } }),
    newId: () => `01900000-0000-7000-9000-${String(++ids).padStart(12, "0")}`,
    observer: {
      committed: ledger.committed,
      filed: (fileId, state) => files?.filed(fileId, state),
      reminded: reminders.told,
      erased() {
        files?.erase();
        reminders.forget();
        ledger.erase();
        apart.erase();
        keeping.erase();
        lanes.forget();
        oracle.forget();
      },
      asked: wires.asked,
      wrote: (device, text) => wires.wrote(device, users.get(device) ?? "", text),
      failed: (what, error) => violate("D9", `the server failed at ${what}: ${String(error)}`),
      happened(fault) {
        mishap(fault);
        if (fault === "lostEvents") apart.lost();
      },
    },
  });

  const devices = setting.devices.map((userId, index): Device => {
    const name = `${userId}${index}`;
    users.set(name, userId);
    return createDevice({
      ...{ time, name, userId, durability: setting.disks, conversations: CONVERSATIONS },
      isOneOfSeveral: setting.devices.filter((each) => each === userId).length > 1,
      seed: seed * 31 + index,
      accept: () => host.accept(name),
      ...{ depot: setting.files && depot, looks: setting.contacts === true },
      onMishap: mishap,
      onConnection: moves.connection,
      onEntry: (of, entry) => {
        moves.entry(of, entry);
        lanes.saw(entry, of.life);
        people.saw(of, entry);
        parcels.left(entry);
        files?.left(of, entry);
      },
      onView: (device: Device, room: Conversation) => oracle.look(device, room),
      onUpload: moves.upload,
      onEnd: moves.ended,
      onRunaway: ({ name: of }) => violate("D9", `${of} writes, or sends, without end`),
    });
  });
  const files = setting.files
    ? createFileWatch({
        ...{ time, devices, ledger, parcels, depot, isScanned, violate, conversations: CONVERSATIONS },
      })
    : undefined;
  const oracle = createOracle({
    ...{ devices, ledger, people, apart, violate, files, conversations: CONVERSATIONS, now: time.now },
  });
  await host.found(beginningOf(setting));
  await host.start();
  for (const device of devices) device.start();
  return {
    ...{ time, host, devices, people, ledger, apart, oracle, depot, files, coverage, violations, violate },
    async close() {
      for (const device of devices) device.crash(true);
      await host.close();
    },
  };
}

function policyOf({ rates, files }: Plan["setting"]): Policy {
  const kept = defaultPolicy.limits.files;
  // As many uploads an hour as anybody makes here; whoever has none of them left would wait longer than a run takes.
  const perHour = files && kept && { files: { ...kept, perHour: 1_000 } };
  const limits = { ...defaultPolicy.limits, ...perHour, pageSize: 10 };
  return { ...defaultPolicy, heartbeatMs: 5_000, limits, rates: rates === "tight" ? tight : [] };
}

function beginningOf({ contacts }: Plan["setting"]): readonly Submission[] {
  const nook = contacts ? "direct" : "group";
  const rooms = [
    { conversationId: ROOM, kind: "community", userIds: ["bob", "cyd"] },
    { conversationId: NOOK, kind: nook, userIds: ["bob"] },
  ] as const;
  return rooms.map(({ conversationId, kind, userIds }, index) => {
    const command: Command = {
      ...{ type: "conversation.create", conversationId, kind, at: START_MS },
      commandId: `01900000-0000-7000-8000-00000000000${index}`,
      participants: userIds.map((userId) => ({ userId })),
    };
    return { command, context: { actorId: "ada", at: START_MS, limits: defaultPolicy.limits } };
  });
}

interface LaneWatch {
  /** This life of its device shows this of it. */
  saw(entry: OutboxEntry, life: Life | undefined): void;
  took(commandId: string, conversationId: string): void;
  forget(): void;
}

/**
 * D7: what one device gave to one conversation takes effect in the order given. What was given up let the others pass, and
 * the next life tries it again; so it does with what was refused, or taken back, and the disk could not say so. What was
 * accepted, went with a backup, and came back to the outbox of a device that lost with its power that it had been, was
 * passed while neither side had it, as it was if the disk would not take that it had been; what waits for files is passed,
 * too. What is in a backup took effect where it stood at the time, whatever was asked since.
 */
function createLaneWatch(
  people: People,
  wasLost: (commandId: string) => boolean,
  violate: World["violate"],
): LaneWatch {
  const last = new Map<string, number>();
  const givenUp = new Set<string>();
  /** In which life each was refused. */
  const refusals = new Map<string, Life>();
  /** Where each stood when it first took effect. */
  const places = new Map<string, number>();
  /** How many writes its disk had not taken by then: if more now, it may not have taken that. */
  const untaken = new Map<string, number>();
  return {
    saw({ command: { commandId }, status, error }, life) {
      if (error?.code === "outbox/gave-up") givenUp.add(commandId);
      else if (status === "failed" && life) refusals.set(commandId, life);
    },
    took(commandId, conversationId) {
      const deed = people.of(commandId);
      if (!deed) return;
      const { device, name, order, before: earlier, isExcused, isWithdrawn, isHeldUp } = deed;
      const lane = `${device.name} ${conversationId}`;
      const before = last.get(lane) ?? 0;
      const refusedIn = refusals.get(commandId);
      const hasLetPass = givenUp.has(commandId) || (refusedIn && refusedIn !== device.life);
      const { refusals: untakenNow } = device.disk;
      const isForgotten = isExcused || untakenNow > (untaken.get(commandId) ?? Infinity);
      const mayBeLate = isHeldUp || hasLetPass || isWithdrawn || (isForgotten && wasLost(commandId));
      if (!untaken.has(commandId)) untaken.set(commandId, untakenNow);
      if (order < before && !mayBeLate)
        violate("D7", `${device.name} ${name} ${commandId}, given as ${order}, took effect after ${before}`);
      const place = earlier && earlier.life !== device.life ? earlier.order : order;
      const first = places.get(commandId) ?? place;
      places.set(commandId, first);
      last.set(lane, Math.max(before, Math.min(first, place)));
    },
    forget: () => last.clear(),
  };
}

interface ReminderWatch {
  told(userId: string, note: NoteRecord): void;
  forget(): void;
}

/** D2: of each time somebody wanted to be reminded at they are told once, however often the server died over it. */
function createReminderWatch(violate: World["violate"]): ReminderWatch {
  const known = new Set<string>();
  return {
    told(userId, { rev, subject }) {
      const key = `${userId} ${rev}`; // each wish is a revision of their notebook
      if (known.has(key)) violate("D2", `${userId} was reminded twice of ${subject.messageId}`);
      known.add(key);
    },
    forget: () => known.clear(),
  };
}

interface MoveWatch {
  connection(device: Device, state: string): void;
  entry(device: Device, entry: OutboxEntry): void;
  upload(device: Device, upload: Upload): void;
  ended(device: Device): void;
}

/** D5: the machines move as they are drawn, and no other way. */
function createMoveWatch(coverage: Coverage, violate: World["violate"]): MoveWatch {
  const states = new Map<Device, string>();
  const statuses = new Map<string, string>();
  return {
    connection(device, state) {
      const move = `${states.get(device) ?? "idle"}→${state}`;
      states.set(device, state);
      coverage.count("connection", move);
      if (!connectionMoves.includes(move)) violate("D5", `the connection of ${device.name} went ${move}`);
    },
    entry(device, { command: { commandId }, status }) {
      const key = `${device.name} ${commandId}`;
      const before = statuses.get(key) ?? "new";
      statuses.set(key, status);
      if (before === status) return; // told again, with a new error
      // A new process finds what an earlier one left: queued, whatever it had been.
      const move = `${before}→${status}`;
      coverage.count("delivery", move);
      if (!deliveryMoves.includes(move)) violate("D5", `${commandId} of ${device.name} went ${move}`);
    },
    upload(device, { fileId, state }) {
      const key = `${device.name} ${fileId}`;
      const [before = "new", { phase }] = [statuses.get(key), state.get()];
      statuses.set(key, phase);
      if (before === phase) return; // further on its way
      const move = `${before}→${phase}`;
      coverage.count("upload", move);
      const isOver = before === "cancelled" || (before === "ready" && phase !== "cancelled");
      if (isOver) violate("D5", `${fileId} of ${device.name} went ${move}`);
    },
    ended(device) {
      states.delete(device);
      for (const key of statuses.keys()) if (key.startsWith(`${device.name} `)) statuses.delete(key);
    },
  };
}
