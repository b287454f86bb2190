import {
  type Client,
  type Clock,
  type Conversation,
  createClient,
  type Durability,
  type OutboxEntry,
  type Random,
} from "@tidings/core";
import { openNotebook } from "@tidings/core/bindings";
import { seededRandom } from "@tidings/core/testing";
import { openUploads, type Upload, type Uploads } from "@tidings/core/uploads";
import { webSocketTransport } from "@tidings/transport-ws";
import { createDisk, type Disk } from "./disk.ts";
import { calmCourier, type CourierFaults, createCourier } from "./files/courier.ts";
import type { Depot } from "./files/depot.ts";
import { createLocks } from "./files/locks.ts";
import { createLife, type Life } from "./life.ts";
import type { Time } from "./time.ts";
import { type Accept, createWire, type Wire } from "./wire.ts";

/** What the app on a device gives its client for a token, and how the machine under it behaves. */
export interface DeviceFaults {
  /** So many tokens from now on have expired already. */
  expiredTokens: number;
  /** So many requests for a token fail. */
  failedTokens: number;
  /** So many tokens from now on are not good for anything. */
  refusedTokens: number;
  /** How long a token lives, ms; for ever if absent. */
  tokenLifeMs: number | undefined;
  /** How far the device's clock is off, ms. */
  clockOffMs: number;
  hasNetwork: boolean;
}

/** One machine of one person: its disk stays, its process may die and start again at any moment. */
export interface Device {
  readonly name: string;
  readonly userId: string;
  /** Its person has another, too. */
  readonly isOneOfSeveral: boolean;
  readonly disk: Disk;
  readonly wire: Wire;
  readonly faults: DeviceFaults;
  /** What happens to parts of files on their way. */
  readonly courier: CourierFaults;
  /** Files on their way while there is a process, where there are any. */
  readonly uploads: Uploads | undefined;
  /** Its shipped client while there is a process. */
  readonly client: Client | undefined;
  readonly life: Life | undefined;
  /** Has its present process been online? What an earlier one left is known to it by then. */
  readonly hasResumed: boolean;
  /** Has it been told of the epoch that is now? */
  readonly isCurrent: boolean;
  room(conversationId: string): Conversation | undefined;
  start(): void;
  /** Ends the process. @param isSilent - the other end of its connection is not told. */
  crash(isSilent: boolean): void;
  /** Ends the process as an app does that is closed. */
  close(): Promise<void>;
  setNetwork(hasNetwork: boolean): void;
  /** A backup was restored. */
  forgetEpoch(): void;
  heal(): void;
}

export interface DeviceOptions {
  readonly time: Time;
  readonly seed: number;
  readonly name: string;
  readonly userId: string;
  readonly isOneOfSeveral: boolean;
  readonly durability: Durability;
  readonly conversations: readonly string[];
  /** Who is there, and who types, is looked at. */
  readonly looks: boolean;
  /** Where files are put. Absent: this app has none. */
  readonly depot: Depot | undefined;
  readonly accept: () => Accept | undefined;
  readonly onMishap: (name: string) => void;
  readonly onConnection: (device: Device, state: string) => void;
  readonly onEntry: (device: Device, entry: OutboxEntry) => void;
  readonly onView: (device: Device, room: Conversation) => void;
  readonly onUpload: (device: Device, upload: Upload) => void;
  readonly onEnd: (device: Device) => void;
  readonly onRunaway: (device: Device) => void;
}

/** Coming back soon keeps runs short; the shape of the waits is tested in core. */
const backoff = { baseMs: 100, maxMs: 2_000 };

const goodTokens = { expiredTokens: 0, failedTokens: 0, refusedTokens: 0, tokenLifeMs: undefined };

export function createDevice(options: DeviceOptions): Device {
  const { time, seed, name, userId, durability, conversations, depot, accept, onMishap } = options;
  const disk = createDisk(durability);
  const wire = createWire({ time, random: seededRandom(seed), accept, onMishap });
  const faults: DeviceFaults = {
    ...{ ...goodTokens, clockOffMs: 0, hasNetwork: true },
  };
  const courier = calmCourier();
  const send =
    depot &&
    createCourier({
      ...{ time, depot, onMishap, faults: courier, random: seededRandom(seed + 1) },
      hasWay: () => faults.hasNetwork && !wire.isOut,
    });
  const rooms = new Map<string, Conversation>();
  const listeners = new Set<() => void>();
  let lives = 0;
  let life: Life | undefined;
  let client: Client | undefined;
  let uploads: Uploads | undefined;
  let hasResumed = false;
  let isCurrent = true;
  let hasEpochChanged = false;
  let isSilentEnd = false;

  const auth = (): string => {
    if (faults.failedTokens > 0) {
      faults.failedTokens -= 1;
      throw new Error("simulated: no token");
    }
    if (faults.refusedTokens > 0) {
      faults.refusedTokens -= 1;
      return "nobody";
    }
    if (faults.expiredTokens > 0) {
      faults.expiredTokens -= 1;
      return `${userId} ${time.now() - 1}`;
    }
    return faults.tokenLifeMs === undefined ? userId : `${userId} ${time.now() + faults.tokenLifeMs}`;
  };

  const logged = (event: string): void => {
    if (!event.startsWith("connection.")) return;
    const state = event.slice("connection.".length);
    if (state === "online") hasResumed = isCurrent = true;
    options.onConnection(device, state);
  };

  const ended = (): void => {
    client = uploads = undefined;
    hasResumed = false;
    if (hasEpochChanged) isCurrent = false; // its disk may not have heard of it
    rooms.clear();
    listeners.clear();
    wire.cut(isSilentEnd);
    options.onEnd(device);
  };

  const watch = (of: Life, started: Client): void => {
    started.on("outbox", (entry) => !of.isOver && options.onEntry(device, entry));
    for (const id of conversations) {
      const room = started.conversation(id);
      rooms.set(id, room);
      room.timeline.subscribe(() => !of.isOver && options.onView(device, room));
      if (options.looks) room.typing.subscribe(() => {});
    }
    openNotebook(started);
  };

  /** In the turn in which the client was made. */
  const takeFiles = (of: Life, started: Client): void => {
    if (!depot || !send) return;
    const opened = openUploads(started, { send: send(of), locks: createLocks() });
    uploads = opened;
    const known = new Set<Upload>();
    opened.list.subscribe((all) => {
      if (of.isOver) return;
      for (const upload of all.filter((each) => !known.has(each))) {
        known.add(upload);
        upload.state.subscribe(() => !of.isOver && options.onUpload(device, upload));
        options.onUpload(device, upload);
      }
    });
  };

  const device: Device = {
    ...{ name, userId, disk, wire, faults, courier, isOneOfSeveral: options.isOneOfSeveral },
    get uploads() {
      return uploads;
    },
    get client() {
      return client;
    },
    get life() {
      return life;
    },
    get hasResumed() {
      return hasResumed;
    },
    get isCurrent() {
      return isCurrent;
    },
    room: (conversationId) => rooms.get(conversationId),
    start() {
      if (client) return;
      isSilentEnd = false;
      const started = createLife(time, ended, () => options.onRunaway(device));
      life = started;
      const clock: Clock = { now: () => time.now() + faults.clockOffMs, after: started.after };
      const random: Random = seededRandom(seed + 7_919 * ++lives);
      const transport = webSocketTransport({
        ...{ url: "ws://simulated", WebSocket: wire.socketsOf(started), clock },
      });
      client = createClient({
        ...{ transport, storage: disk.connect(started), auth, userId, backoff, clock, random },
        logger: (_level, event) => !started.isOver && logged(event),
        platform: {
          hasNetwork: () => faults.hasNetwork,
          subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
        },
      });
      takeFiles(started, client);
      watch(started, client);
      void client.connect().catch(() => {});
    },
    crash(isSilent) {
      isSilentEnd = isSilent;
      life?.end();
    },
    async close() {
      const [closing, ending] = [client, life];
      await Promise.race([closing?.close(), new Promise<void>((done) => void time.after(1_000, done))]);
      ending?.end();
    },
    setNetwork(hasNetwork) {
      faults.hasNetwork = hasNetwork;
      for (const listener of listeners) listener();
    },
    forgetEpoch() {
      hasEpochChanged = true;
      isCurrent = false;
    },
    heal() {
      Object.assign(faults, goodTokens);
      Object.assign(disk.faults, { isFull: false, failures: 0, delayMs: 0, isFullForBytes: false });
      Object.assign(courier, calmCourier());
      wire.heal();
    },
  };
  return device;
}
