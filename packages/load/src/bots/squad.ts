import type { Client, Transport } from "@tidings/core";
import { type Sample, Tally } from "../measure/tally.ts";
import { pause } from "../pause.ts";
import { Bot, numberOf } from "./bot.ts";
import { type Faults, Ledger } from "./ledger.ts";
import { loopbackAddress, transportFrom } from "./transport.ts";

/** Who is to be in one conversation; the first begins it. */
export interface RoomPlan {
  readonly conversationId: string;
  readonly members: readonly { readonly userId: string; readonly token: string }[];
}

/** Everything a squad has to know; plain data. */
export interface SquadPlan {
  readonly url: string;
  readonly rooms: readonly RoomPlan[];
  /** Clients that begin to connect each second. */
  readonly rampPerSecond: number;
  /** Length of a message's text. */
  readonly bytes: number;
  /** Loopback addresses to connect from; 0 leaves it to the system. */
  readonly addresses: number;
  /** Among all clients of the run, which this squad's first one is. */
  readonly firstClient: number;
}

/** How things stand now. */
export interface Standing {
  readonly online: number;
  /** Commands that have no answer yet. */
  readonly waiting: number;
  /** The age of the oldest message that not everybody has. */
  readonly behindMs: number;
}

/** How many attempts those took who had to connect again. */
export interface Attempts {
  readonly first: number;
  readonly second: number;
  readonly later: number;
  /** Handshakes that failed though they were a second try, or a later one. */
  readonly failedAgain: number;
}

export type FaultCounts = Faults & {
  /** Messages a timeline shows twice, or out of order. */
  readonly disorder: number;
};

export interface Verdict {
  /** Every figure ought to be 0. */
  readonly faults: FaultCounts;
  /** What is behind them, for people; the first of each conversation. */
  readonly complaints: readonly string[];
}

/** Bots that share a process, all members of a conversation in one. What it takes and answers is plain data. */
export interface Squad {
  /** Connects everybody. @throws {MessagingError} if the first of them cannot connect */
  gather(): Promise<void>;
  /** How many messages the server's policy lets one client say in so many seconds. */
  allowance(seconds: number): Promise<number>;
  /** From now on; 0 for silence. */
  speak(perSecond: number): Promise<void>;
  /** Every link is let go at once, and made anew. */
  reconnect(): Promise<void>;
  /** From here on attempts are counted. */
  forget(): Promise<void>;
  attempts(): Promise<Attempts>;
  standing(): Promise<Standing>;
  sample(): Promise<Sample>;
  /** When nothing is on its way any more: compares what was said, what members have, and what the server has stored. */
  judge(): Promise<Verdict>;
  close(): Promise<void>;
}

/** How often the first client tries before the server is said not to be there. */
const TRIES = 3;
const TICK_MS = 10;
/** The server takes so many with the command that begins a conversation. */
const MOST_INVITATIONS = 100;
/** More than anybody asks for; a number that survives JSON. */
const MOST = 1_000_000;
const MOST_COMPLAINTS = 5;
const AUDITS_AT_ONCE = 8;

interface Room {
  readonly plan: RoomPlan;
  readonly ledger: Ledger;
  readonly bots: readonly Bot[];
}

export class LocalSquad implements Squad {
  readonly #plan: SquadPlan;
  readonly #tally = new Tally();
  readonly #rooms: readonly Room[];
  /** One of each room in turn, so that all rooms are equally busy. */
  readonly #speakers: readonly Bot[];
  readonly #padding: string;
  #timer: NodeJS.Timeout | undefined;
  #next = 0;

  constructor(plan: SquadPlan) {
    this.#plan = plan;
    this.#padding = "x".repeat(Math.max(0, plan.bytes - 6));
    let client = plan.firstClient;
    this.#rooms = plan.rooms.map((room) => {
      const ledger = new Ledger(room.members.length);
      const bots = room.members.map((member) => this.#bot(room, member, ledger, client++));
      return { plan: room, ledger, bots };
    });
    const most = Math.max(...this.#rooms.map(({ bots }) => bots.length));
    this.#speakers = Array.from({ length: most }, (_, member) =>
      this.#rooms.flatMap(({ bots }) => bots[member] ?? []),
    ).flat();
  }

  async gather(): Promise<void> {
    const owners = this.#rooms.flatMap(({ bots }) => bots.slice(0, 1));
    await Promise.all(owners.slice(0, 1).map((bot) => firstIn(bot.client)));
    await this.#ramp(owners);
    await Promise.all(this.#rooms.map(begin));
    await this.#ramp(this.#rooms.flatMap(({ bots }) => bots.slice(1)));
    for (const bot of this.#speakers) while (!bot.isAtRest) await pause(TICK_MS);
    await this.forget();
  }

  async allowance(seconds: number): Promise<number> {
    const rates = this.#speakers[0]?.client.policy.get().rates ?? [];
    return Math.min(
      MOST,
      ...rates.map(({ tokens, perMs, burst }) => burst + (tokens * seconds * 1_000) / perMs),
    );
  }

  async speak(perSecond: number): Promise<void> {
    clearInterval(this.#timer);
    if (perSecond === 0) return;
    const startMs = performance.now();
    let said = 0;
    this.#timer = setInterval(() => {
      const due = ((performance.now() - startMs) / 1_000) * perSecond;
      for (; said < due; said += 1)
        void this.#speakers[this.#next++ % this.#speakers.length]?.say(this.#padding);
    }, TICK_MS);
  }

  async reconnect(): Promise<void> {
    for (const bot of this.#speakers) bot.reconnect();
  }

  async forget(): Promise<void> {
    for (const bot of this.#speakers) bot.forget();
  }

  async attempts(): Promise<Attempts> {
    const count = (holds: (attempts: number) => boolean): number =>
      this.#speakers.filter(({ handshakes }) => holds(handshakes.attempts)).length;
    return {
      failedAgain: this.#speakers.reduce((sum, { handshakes }) => sum + handshakes.failedAgain, 0),
      first: count((attempts) => attempts === 1),
      second: count((attempts) => attempts === 2),
      later: count((attempts) => attempts > 2),
    };
  }

  async standing(): Promise<Standing> {
    const nowMs = performance.now();
    const waiting = this.#speakers.reduce((sum, { client }) => sum + client.outbox.get().waiting, 0);
    const behindMs = Math.max(...this.#rooms.map(({ ledger }) => ledger.behindMs(nowMs)));
    return { online: this.#speakers.filter(({ isOnline }) => isOnline).length, waiting, behindMs };
  }

  async sample(): Promise<Sample> {
    return this.#tally.take();
  }

  async judge(): Promise<Verdict> {
    const waiting = [...this.#rooms];
    const verdicts: Verdict[] = [];
    const work = async (): Promise<void> => {
      for (let room = waiting.pop(); room; room = waiting.pop()) {
        verdicts.push(judgeRoom(room, await this.#audit(room.plan)));
      }
    };
    await Promise.all(Array.from({ length: AUDITS_AT_ONCE }, work));
    return mergeVerdicts(verdicts);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#speakers.map(({ client }) => client.close()));
  }

  #bot(room: RoomPlan, member: RoomPlan["members"][number], ledger: Ledger, client: number): Bot {
    const { conversationId } = room;
    return new Bot({
      ...member,
      conversationId,
      ledger,
      tally: this.#tally,
      transport: this.#transport(client),
    });
  }

  #transport(client: number): Transport {
    const { url, addresses } = this.#plan;
    return transportFrom(url, addresses > 0 ? loopbackAddress(client % addresses) : undefined);
  }

  async #ramp(bots: readonly Bot[]): Promise<void> {
    const { rampPerSecond } = this.#plan;
    const startMs = performance.now();
    for (const [index, { client }] of bots.entries()) {
      client.connect().catch(() => {}); // `waiting` for it tells
      const dueMs = ((index + 1) / rampPerSecond) * 1_000;
      if (performance.now() - startMs < dueMs) await pause(TICK_MS);
    }
    for (const bot of bots) while (!bot.isOnline) await pause(TICK_MS);
  }

  /** The messages of a conversation by place, as a client reads them that has seen none of them. */
  async #audit({ conversationId, members: [member] }: RoomPlan): Promise<readonly number[]> {
    if (!member) return [];
    const transport = this.#transport(this.#plan.firstClient);
    const auditor = new Bot({
      ...{ ...member, conversationId, transport },
      ...{ ledger: new Ledger(0), tally: new Tally() },
    });
    const { client, room } = auditor;
    try {
      client.connect().catch(() => {});
      while (!auditor.isAtRest) await pause(TICK_MS);
      while (room.timeline.get().hasOlder) await room.timeline.loadOlder();
      return [...room.timeline.get().items].flatMap((item) =>
        item.type === "message" ? numberOf(item.message) : [],
      );
    } finally {
      await client.close();
    }
  }
}

async function begin({ plan, bots: [owner, ...others] }: Room): Promise<void> {
  if (!owner) return;
  const [invited, rest] = [others.slice(0, MOST_INVITATIONS), others.slice(MOST_INVITATIONS)];
  const participants = invited.map(({ userId }) => ({ userId }));
  const { conversationId } = plan;
  await owner.client.createConversation({ conversationId, kind: "group", participants });
  for (const { userId } of rest) await (await owner.room.members.add(userId)).settled();
  while (!owner.isAtRest) await pause(TICK_MS);
}

function judgeRoom({ plan, ledger, bots }: Room, stored: readonly number[]): Verdict {
  const disorder = bots.reduce((sum, bot) => sum + bot.disorder(), 0);
  const complaints = [...ledger.complaints(stored)].slice(0, MOST_COMPLAINTS);
  if (complaints.length > 0) complaints.push(...bots.map((bot) => bot.toString()));
  const faults = { ...ledger.faults(stored), disorder };
  return { faults, complaints: complaints.map((what) => `${plan.conversationId}: ${what}`) };
}

/** The verdicts on several conversations as one. */
export function mergeVerdicts(verdicts: readonly Verdict[]): Verdict {
  const sum = (name: keyof FaultCounts): number =>
    verdicts.reduce((total, { faults }) => total + faults[name], 0);
  return {
    faults: {
      lost: sum("lost"),
      duplicated: sum("duplicated"),
      reordered: sum("reordered"),
      skipped: sum("skipped"),
      unanswered: sum("unanswered"),
      disorder: sum("disorder"),
    },
    complaints: verdicts.flatMap(({ complaints }) => complaints),
  };
}

/** @throws {MessagingError} why it cannot get in */
async function firstIn(client: Client): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    client.connection.subscribe(({ name, attempt, error }) => {
      if (name === "waiting" && attempt >= TRIES) reject(error);
    });
  });
  await Promise.race([client.connect(), failed]);
}
