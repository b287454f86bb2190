import type { Contender, Member } from "../contenders.ts";
import type { ServerProcess } from "./child.ts";
import { createCounter } from "./raw-socket.ts";

export interface RoomOptions {
  /** Its members are spread over them, the first of room 0 on the first server. */
  readonly servers: readonly ServerProcess[];
  readonly room: number;
  readonly members: number;
  /** Members whose arrivals are read, by index; all are counted. */
  readonly sampled?: readonly number[];
}

/** When a message reached a member: milliseconds after it was said, by its mark. */
export type Arrivals = Map<string, number>;

/** Members of one conversation on raw sockets; the first says things. */
export interface Room {
  readonly speaker: Member;
  /** Called with the number of the speaker's messages that have come back to it. */
  onReturned: (count: number) => void;
  deliveries(): number;
  /** Of each sampled member. */
  readonly arrivals: readonly Arrivals[];
  reset(): void;
  close(): void;
}

export async function openRoom(contender: Contender, options: RoomOptions): Promise<Room> {
  const { servers, room, sampled = [] } = options;
  let deliveries = 0;
  const arrivals = sampled.map((): Arrivals => new Map());
  const members: Member[] = [];
  const self = { onReturned: (_count: number): void => {} };
  for (let index = 0; index < options.members; index += 1) {
    const count = createCounter(contender.needle);
    const own = arrivals[sampled.indexOf(index)];
    const onChunk = (chunk: Buffer): void => {
      const found = count(chunk);
      if (found === 0) return;
      deliveries += found;
      if (index === 0) self.onReturned(found);
      if (own) readArrivals(chunk, own);
    };
    const server = servers[(room + index) % servers.length];
    if (!server) throw new Error("a room needs a server");
    members.push(await contender.join({ server, room, index, members: options.members, onChunk }));
  }
  const [speaker] = members;
  if (!speaker) throw new Error("a room needs a speaker");
  return Object.assign(self, {
    speaker,
    arrivals,
    deliveries: () => deliveries,
    reset() {
      deliveries = 0;
      for (const each of arrivals) each.clear();
    },
    close: () => members.forEach((member) => member.close()),
  });
}

/** Every message that comes back lets the next one go. */
export function saturate(rooms: readonly Room[], window: number): () => void {
  let isOn = true;
  for (const room of rooms) {
    const say = (count: number): void => {
      for (let index = 0; isOn && index < count; index += 1) room.speaker.say(mark());
    };
    room.onReturned = say;
    say(window);
  }
  return () => void (isOn = false);
}

/** A steady rate, spread over the rooms in turn, in slices of a few milliseconds. */
export function pace(rooms: readonly Room[], perSecond: number): () => void {
  const startMs = performance.now();
  let said = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) / 1_000) * perSecond;
    for (; said < due; said += 1) rooms[said % rooms.length]?.speaker.say(mark());
  }, 2);
  return () => clearInterval(timer);
}

/** Looks like `@12345.678@`: when it was said, on this process's clock. */
const mark = (): string => `@${performance.now().toFixed(3)}@`;

function readArrivals(chunk: Buffer, into: Arrivals): void {
  const nowMs = performance.now();
  for (const [, sentMs = ""] of chunk.toString("latin1").matchAll(/@(\d+\.\d+)@/g))
    into.set(sentMs, nowMs - Number(sentMs));
}
