import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from "@opentelemetry/api";
import { entryOf } from "@tidings/core/errors";
import { traceOf } from "@tidings/core/protocol";
import { BoundedMap } from "../bounded-map.ts";
import type { Bus, BusEvent } from "../bus/bus.ts";
import type { Outcome, Store, Submission } from "../store/store.ts";

/** Commands whose delivery is waited for; what was not delivered by then has no span of it (D9). */
const MOST_WAITING = 10_000;

/**
 * Traces of commands, taken at the ports so that nothing between them knows of it:
 *
 *     tidings.command   from its arrival until it is durable and answered
 *       tidings.commit    its transaction, with whatever else was in it
 *       tidings.fan-out   handing its changes to the links of this node
 *
 * The trace follows from the command's id, so the clients' spans of it are in the same one, whatever they came by.
 */
export class Tracing {
  readonly #tracer: Tracer;
  readonly #waiting = new BoundedMap<string, Context>(MOST_WAITING);

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** The same store, traced. */
  store(store: Store): Store {
    const whole: { readonly [Name in keyof Required<Store>]: Store[Name] } = {
      epoch: store.epoch,
      commitsAtOnce: store.commitsAtOnce,
      upkeep: store.upkeep,
      erasures: store.erasures,
      audit: store.audit,
      plans: store.plans,
      figures: store.figures,
      files: store.files,
      push: store.push,
      cases: store.cases,
      archive: store.archive,
      previews: store.previews,
      commit: (items, admit) => this.#commit(items, () => store.commit(items, admit)),
      query: (readerId, query) => store.query(readerId, query),
      memberships: (userId) => store.memberships(userId),
      blocks: store.blocks?.bind(store),
      peopleOf: store.peopleOf?.bind(store),
      wasIn: (conversationId, userId) => store.wasIn(conversationId, userId),
      forgetAnswers: (before) => store.forgetAnswers(before),
      heard: (changes) => store.heard?.(changes),
      close: () => store.close(),
    };
    return whole;
  }

  /** The same bus, traced. */
  bus(bus: Bus): Bus {
    return {
      publish: (events) => bus.publish(events),
      listen: (listener, node) => {
        const deliver = (event: BusEvent): void => this.#deliver(event, () => listener([event]));
        bus.listen((events) => events.forEach(deliver), node);
      },
      looking: bus.looking && ((...of) => bus.looking?.(...of) ?? Promise.resolve(new Set())),
      watched: bus.watched && ((conversationId) => bus.watched?.(conversationId)),
      get isConnected() {
        return bus.isConnected;
      },
      close: () => bus.close(),
    };
  }

  async #commit<Item extends Submission>(
    items: readonly Item[],
    run: () => Promise<readonly Outcome[]>,
  ): Promise<readonly Outcome[]> {
    const traced = items.map((item) => this.#begin(item, items.length));
    try {
      const outcomes = await run();
      traced.forEach((spans, index) => this.#end(spans, items[index], outcomes[index]));
      return outcomes;
    } catch (error) {
      for (const { command, commit } of traced) {
        for (const span of [commit, command]) {
          span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        }
      }
      throw error;
    }
  }

  #begin({ command: { type, commandId, conversationId }, context: { at } }: Submission, size: number): Spans {
    const attributes = {
      "tidings.command.type": type,
      "tidings.command.id": commandId,
      "tidings.conversation.id": conversationId,
    };
    const under = trace.setSpanContext(ROOT_CONTEXT, {
      ...traceOf(commandId),
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
    });
    const options = { kind: SpanKind.CONSUMER, startTime: at, attributes };
    const command = this.#tracer.startSpan("tidings.command", options, under);
    const within = trace.setSpan(under, command);
    const together = { "tidings.commit.commands": size };
    const commit = this.#tracer.startSpan("tidings.commit", { attributes: together }, within);
    return { command, commit, within };
  }

  #end({ command, commit, within }: Spans, item?: Submission, outcome?: Outcome): void {
    commit.end();
    command.setAttribute("tidings.outcome", named(outcome));
    if (outcome?.ok === false && entryOf(outcome.code).category === "server")
      command.setStatus({ code: SpanStatusCode.ERROR });
    // Its changes are delivered a moment from now, and their spans find it here.
    if (item && outcome?.ok && !outcome.isKnown && command.isRecording())
      this.#waiting.set(item.command.commandId, within);
    command.end();
  }

  #deliver(event: BusEvent, run: () => void): void {
    const commandId = event.type === "committed" ? event.changes[0]?.commandId : undefined;
    const within = commandId === undefined ? undefined : this.#waiting.get(commandId);
    if (!within) return run();
    const span = this.#tracer.startSpan("tidings.fan-out", {}, within);
    run();
    span.end();
  }
}

interface Spans {
  readonly command: Span;
  readonly commit: Span;
  readonly within: Context;
}

function named(outcome: Outcome | undefined): string {
  if (!outcome?.ok) return outcome?.code ?? "server/internal";
  return outcome.isKnown ? "repeated" : "accepted";
}
