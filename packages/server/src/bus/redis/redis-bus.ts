import type { Cancel, Clock } from "../../engine/clock.ts";
import type { ShareRates } from "../../engine/rates.ts";
import { newId } from "../../gateway/ids.ts";
import type { Bus, BusEvent, NodeView } from "../bus.ts";
import { Listener } from "./listener.ts";
import { Peers } from "./peers.ts";
import { Questions } from "./questions.ts";
import { connect } from "./redis-link.ts";
import { RemotePresence } from "./remote-presence.ts";
import { answersOf, RollCall } from "./roll-call.ts";
import { createSharedRates } from "./shared-rates.ts";
import { Speaker } from "./speaker.ts";
import { decode, encode, type NodeMessage } from "./wire.ts";

export interface RedisBusOptions {
  /** See `RedisLinkOptions`. */
  readonly url: string;
  readonly clock: Clock;
  /** Nodes of one channel hear each other. Default `"tidings"`. */
  readonly channel?: string;
  /** Told when Redis is lost or back, and of what went wrong. */
  readonly onFailure: (error: unknown) => void;
}

const CHANNEL = "tidings";

/** How often signs of life are given. */
const ALIVE_MS = 1_000;

/** While Redis is away all has to be read from the store. */
const POLL_MS = 2_000;

/** … and while another node is silent: perhaps only Redis does not hear it, and people there go on. */
const POLL_SILENT_MS = 10_000;

/** What several nodes share. */
export interface Shared {
  readonly bus: Bus;
  /** Counts something over all nodes, under its name. Ends with the bus. */
  readonly share: ShareRates;
}

/** A bus over Redis' publish and subscribe, which may lose anything at any time; it notices, and says so. */
export function openRedis(options: RedisBusOptions): Shared {
  const { onFailure, clock, channel = CHANNEL } = options;
  const speaker = new Speaker({ connection: connect(options), clock, onFailure });
  return {
    bus: new RedisBus(options, speaker),
    share: (name, rates) => createSharedRates({ speaker, rates, prefix: `${channel}:${name}`, onFailure }),
  };
}

class RedisBus implements Bus {
  readonly #options: RedisBusOptions;
  readonly #id = newId();
  readonly #channel: string;
  readonly #speaker: Speaker;
  readonly #listener: Listener;
  readonly #peers = new Peers();
  readonly #questions: Questions;
  #cancel: Cancel | undefined;
  #n = 0;
  #polledAt = 0;
  #parts: Parts | undefined;

  constructor(options: RedisBusOptions, speaker: Speaker) {
    this.#options = options;
    this.#questions = new Questions(options.clock);
    this.#channel = `${options.channel ?? CHANNEL}:bus`;
    this.#speaker = speaker;
    this.#listener = new Listener({
      connection: connect(options),
      channel: this.#channel,
      onMessage: (text) => this.#hear(text),
      onHeard: () => {
        this.#parts?.roll.back();
        // Whatever was said before is lost; from here on the numbers tell.
        this.#parts?.listener([{ type: "lost" }]);
      },
      onFailure: options.onFailure,
    });
  }

  listen(listener: (events: readonly BusEvent[]) => void, node: NodeView): void {
    this.#parts = { node, listener, presence: new RemotePresence(node), roll: new RollCall(node) };
    this.#cancel = this.#options.clock.every(ALIVE_MS, () => this.#live());
  }

  publish(events: readonly BusEvent[]): void {
    if (events.length === 0) return;
    this.#take("", events);
    this.#n += 1;
    this.#say({ type: "events", from: this.#id, n: this.#n, events });
  }

  get isConnected(): boolean {
    return this.#listener.isHeard && this.#speaker.isReady;
  }

  watched(conversationId: string): void {
    this.#say({ type: "who", from: this.#id, conversationId });
  }

  looking(conversationId: string, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const from = this.#id;
    const nodes = this.isConnected ? this.#peers.ids : [];
    return this.#questions.ask(nodes, (question) =>
      this.#say({ type: "looking", from, question, conversationId, userIds }),
    );
  }

  async close(): Promise<void> {
    this.#cancel?.();
    this.#questions.close();
    await this.#send({ type: "bye", from: this.#id });
    this.#listener.close();
    this.#speaker.close();
  }

  #say(message: NodeMessage): void {
    void this.#send(message);
  }

  /** What cannot be said is lost: its number is missing, and the others read it from the store. */
  async #send(message: NodeMessage): Promise<void> {
    try {
      await this.#speaker.ask((connection) => connection.publish(this.#channel, encode(message)));
    } catch (error) {
      this.#options.onFailure(error);
    }
  }

  #hear(text: string): void {
    const message = decode(text);
    if (!message || message.from === this.#id || !this.#parts) return;
    const { node, listener, presence, roll } = this.#parts;
    const now = this.#options.clock.now();
    switch (message.type) {
      case "events":
      case "alive": {
        const isNew = message.type === "events";
        const isComplete = this.#peers.hear(message.from, message.n, isNew, now);
        if (isNew) this.#take(message.from, message.events);
        if (isComplete) return;
        roll.suspect(message.from);
        return listener([{ type: "lost" }]);
      }
      case "who": {
        const signals = node.signals(message.conversationId);
        if (signals.length > 0) this.#say({ type: "here", from: this.#id, to: message.from, signals });
        return;
      }
      case "here":
        if (message.to !== this.#id) return;
        this.#peers.note(message.from, now);
        return this.#take(message.from, message.signals);
      case "roll-call": {
        const { from: to, n, isBack, conversationIds } = message;
        if (message.to !== undefined && message.to !== this.#id) return;
        if (isBack) roll.heardBack(to, now);
        for (const answer of answersOf(node, conversationIds))
          this.#say({ type: "roll", from: this.#id, to, n, ...answer });
        return;
      }
      case "roll": {
        if (message.to !== this.#id) return;
        this.#peers.note(message.from, now);
        const { signals } = message;
        const present = signals.filter((signal) => signal.type === "presence");
        const typing = signals.filter((signal) => signal.type === "typing");
        const answered = roll.answered(message.n, message);
        return listener([...presence.renew(message.from, answered, present), ...typing]);
      }
      case "looking": {
        const { from: to, question, conversationId } = message;
        const userIds = node.looking(conversationId, message.userIds);
        return this.#say({ type: "looks", from: this.#id, to, question, userIds });
      }
      case "looks":
        if (message.to === this.#id) this.#questions.hear(message.from, message.question, message.userIds);
        return;
      case "bye":
        this.#peers.forget(message.from);
        return listener(presence.drop(message.from));
    }
  }

  /** @param from - empty for what happened here. */
  #take(from: string, events: readonly BusEvent[]): void {
    if (!this.#parts) return;
    const { listener, presence } = this.#parts;
    const seen = (event: BusEvent): readonly BusEvent[] =>
      event.type === "presence" ? presence.note(from, event) : [event];
    listener(events.flatMap(seen));
  }

  #live(): void {
    if (!this.#parts) return;
    const { listener, presence, roll } = this.#parts;
    const now = this.#options.clock.now();
    this.#listener.expect();
    this.#say({ type: "alive", from: this.#id, n: this.#n });
    const { isHeard } = this.#listener;
    const silent = isHeard ? this.#peers.sweep(now) : [];
    for (const from of silent) listener(presence.drop(from));
    presence.sweep();
    if (this.isConnected)
      for (const call of roll.next(now)) this.#say({ type: "roll-call", from: this.#id, ...call });
    const everyMs = isHeard ? POLL_SILENT_MS : POLL_MS;
    const isDeaf = !isHeard || this.#peers.isAnySilent(now);
    const isDue = isDeaf && now - this.#polledAt >= everyMs;
    if (!isDue && silent.length === 0) return;
    this.#polledAt = now;
    listener([{ type: "lost" }]);
  }
}

interface Parts {
  readonly node: NodeView;
  readonly listener: (events: readonly BusEvent[]) => void;
  readonly presence: RemotePresence;
  readonly roll: RollCall;
}
