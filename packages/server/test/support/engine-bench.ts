import { virtualClock, type VirtualClock } from "@tidings/core/testing";
import type { ErrorCode } from "@tidings/core/errors";
import {
  type ClientFrame,
  defaultPolicy,
  parseServerFrames,
  type Policy,
  PROTOCOL_VERSION,
  type ServerFrame,
} from "@tidings/core/protocol";
import { type Bus } from "../../src/bus/bus.ts";
import { inProcessBus } from "../../src/bus/in-process-bus.ts";
import type { EngineBounds } from "../../src/engine/bounds.ts";
import type { Clock } from "../../src/engine/clock.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { FrameList } from "../../src/engine/frame-list.ts";
import type { Lobby } from "../../src/engine/lobbies.ts";
import type { OnReminder, Remind } from "../../src/engine/plans.ts";
import type { Outlet } from "../../src/engine/outlet.ts";
import type { Session } from "../../src/engine/online.ts";
import type { Moderator } from "../../src/moderation/index.ts";
import { openLibsqlStore, type Store } from "../../src/store/index.ts";
import { newId } from "./raw-client.ts";

/** A link to an engine without a socket. */
export class TestLink implements Outlet {
  readonly frames: ServerFrame[] = [];
  /** One entry per WebSocket message that would have been written. */
  readonly written: FrameList[] = [];
  ended: ErrorCode | "cut" | undefined;
  backlogBytes = 0;
  session: Session | undefined;

  write(frames: FrameList): void {
    this.written.push(frames);
    const parsed = parseServerFrames(frames.toText());
    if (!parsed.ok) throw parsed.error;
    this.frames.push(...parsed.frames);
  }

  end(code: ErrorCode): void {
    this.ended = code;
  }

  cut(): void {
    this.ended = "cut";
  }

  all<Type extends ServerFrame["type"]>(type: Type): Extract<ServerFrame, { type: Type }>[] {
    return this.frames.filter((frame) => frame.type === type) as Extract<ServerFrame, { type: Type }>[];
  }

  /** What came since the last call. */
  take(): ServerFrame[] {
    return this.frames.splice(0);
  }
}

export interface EngineBenchOptions {
  readonly policy?: Partial<Policy>;
  readonly bounds?: Partial<EngineBounds>;
  readonly lobbies?: readonly Lobby[];
  readonly store?: Store;
  readonly bus?: Bus;
  readonly onReminder?: OnReminder;
  readonly remind?: Remind;
  readonly moderators?: readonly Moderator[];
  /** Engines that share it live at the same time. */
  readonly clock?: VirtualClock;
}

const lobby: Lobby = { conversationId: "general", name: "General", kind: "community" };

/** An engine whose time stands still unless told otherwise. Tokens read `user`, `user until <ms>` or `user times <factor>`. */
export class EngineBench {
  readonly clock: VirtualClock;
  readonly failures: unknown[] = [];
  readonly store: Store;
  readonly engine: Engine;

  private constructor(options: EngineBenchOptions) {
    this.clock = options.clock ?? virtualClock(1_000_000);
    this.store = options.store ?? openLibsqlStore();
    this.engine = new Engine({
      store: this.store,
      bus: options.bus ?? inProcessBus(),
      clock: engineClock(this.clock),
      policy: { ...defaultPolicy, ...options.policy },
      lobbies: options.lobbies ?? [lobby],
      moderators: options.moderators,
      bounds: {
        frames: { perSecond: 100, burst: 1_000 },
        backlogBytes: 1_000_000,
        linksPerUser: 10,
        helloTimeoutMs: 10_000,
        tokenGraceMs: 10_000,
        ...options.bounds,
      },
      newId: () => newId(this.clock.now()),
      random: () => 0.5,
      ...{ onReminder: options.onReminder, remind: options.remind },
      authenticate: async (token) => {
        const [userId = "", what, number] = token.split(" ");
        if (userId === "nobody") return { ok: false, code: "auth/invalid", message: "" };
        if (what === "times") return { userId, rateFactor: Number(number) };
        return number === undefined ? { userId } : { userId, expiresAt: Number(number) };
      },
      onFailure: (_what, error) => this.failures.push(error),
    });
  }

  static async open(options: EngineBenchOptions = {}): Promise<EngineBench> {
    const bench = new EngineBench(options);
    const opened = bench.engine.open();
    await bench.clock.advance(0);
    await opened;
    return bench;
  }

  connect(): TestLink {
    const link = new TestLink();
    link.session = this.engine.connect(link);
    return link;
  }

  /** A welcomed link. */
  async join(token: string, clientId: string = token): Promise<TestLink> {
    const link = this.connect();
    await this.send(link, { type: "hello", version: PROTOCOL_VERSION, token, clientId });
    return link;
  }

  /** Hands over frames and lets the engine do all it can without time passing. */
  async send(link: TestLink, ...frames: readonly ClientFrame[]): Promise<void> {
    if (link.session) this.engine.receive(link.session, frames);
    await this.clock.advance(0);
  }

  async leave(link: TestLink, isClean = true): Promise<void> {
    if (link.session) this.engine.disconnect(link.session, isClean);
    await this.clock.advance(0);
  }
}

export function engineClock(clock: VirtualClock): Clock {
  return {
    now: () => clock.now(),
    soon: (task) => void clock.after(0, task),
    every(periodMs, task) {
      let cancel = clock.after(periodMs, function again() {
        cancel = clock.after(periodMs, again);
        task();
      });
      return () => cancel();
    },
  };
}

let ids = 0;

/** A submit of a message; `lane` as the test wants it. */
export function sendFrame(
  conversationId: string,
  text: string,
  lane: number,
  commandId: string = newId(),
): Extract<ClientFrame, { type: "submit" }> {
  const command = {
    type: "message.send",
    commandId,
    conversationId,
    at: 0,
    kind: "text",
    content: { text },
  } as const;
  return { type: "submit", id: ++ids, lane, command };
}
