/** `@tidings/core/otel`: OpenTelemetry traces and metrics of a client. Takes the app's own `@opentelemetry/api`. */
import {
  type Context,
  type Meter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from "@opentelemetry/api";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { OutboxEntry } from "../outbox/entry.ts";
import { traceOf } from "../protocol/trace.ts";
import type { Observation, Observer } from "./observation.ts";
import { meterObserver } from "./otel-meter.ts";

/** What of an app's OpenTelemetry is to be used. */
export interface OpenTelemetryOptions {
  /** Of the app's SDK: `trace.getTracer("my-app")`. Absent: no traces. */
  readonly tracer?: Tracer;
  /** Of the app's SDK: `metrics.getMeter("my-app")`. Absent: no metrics. */
  readonly meter?: Meter;
}

/** Commands under way whose spans are open; those given longest ago are left to end unseen (D9). */
const MOST_OPEN = 10_000;

/**
 * Traces of commands, and metrics, by an app's own OpenTelemetry. Of one message, from one client to another:
 *
 *     tidings.send       from the hand of the person until the backend has accepted it
 *       tidings.submit     one attempt, until its answer
 *     tidings.command …  the server's, if it traces
 *     tidings.receive    in each client that is told: until it is in its timeline and those who show it have been told
 *     tidings.display    in each client whose app says so: `told.displayed(messageId)`
 *
 * All are in one trace, because its id is that of the command (`traceOf` of `@tidings/core/protocol`): nothing has to travel
 * beside it, through whatever transport, and a client that was offline for a day is still in it.
 *
 * @example
 * ```ts fragment
 * import { metrics, trace } from "@opentelemetry/api";
 *
 * const telemetry = openTelemetry({ tracer: trace.getTracer("my-app"), meter: metrics.getMeter("my-app") });
 * const client = createObservedClient({ transport }, { observers: [telemetry] });
 * ```
 */
export function openTelemetry({ tracer, meter }: OpenTelemetryOptions): Observer {
  const observers = [...(tracer ? [traceObserver(tracer)] : []), ...(meter ? [meterObserver(meter)] : [])];
  return (seen) => observers.forEach((observer) => observer(seen));
}

function traceObserver(tracer: Tracer): Observer {
  const sends = new Map<string, Span>();
  const submits = new Map<string, Span>();

  const sendOf = ({
    command: { type, commandId, conversationId, at },
  }: Pick<OutboxEntry, "command">): Span => {
    let span = sends.get(commandId);
    if (span) return span;
    const attributes = {
      "tidings.command.type": type,
      "tidings.command.id": commandId,
      "tidings.conversation.id": conversationId,
    };
    const options = { kind: SpanKind.PRODUCER, startTime: at, attributes };
    span = tracer.startSpan("tidings.send", options, contextOf(commandId));
    sends.set(commandId, span);
    const [first] = sends.keys();
    if (sends.size > MOST_OPEN && first !== undefined) sends.delete(first);
    return span;
  };

  const follow = (entry: OutboxEntry, at: number): void => {
    const { command, status, attempts, error } = entry;
    if (status === "queued" || status === "sending") return void sendOf(entry);
    const span = sends.get(command.commandId);
    if (!span) return;
    sends.delete(command.commandId);
    span.setAttributes({ "tidings.outcome": status, "tidings.attempts": attempts });
    finish(span, at, status === "failed" ? error : undefined);
  };

  const submit = ({ at, command }: Extract<Observation, { readonly type: "submit" }>): void => {
    const { commandId } = command;
    // Receipts are no entries of the outbox, and too many to be traced.
    const send = sends.get(commandId);
    if (!send) return;
    const under = trace.setSpan(contextOf(commandId), send);
    submits.set(
      commandId,
      tracer.startSpan("tidings.submit", { kind: SpanKind.CLIENT, startTime: at }, under),
    );
  };

  const answer = ({ at, command, error }: Extract<Observation, { readonly type: "answer" }>): void => {
    const span = submits.get(command.commandId);
    submits.delete(command.commandId);
    if (span) finish(span, at, error);
  };

  const receive = ({ at, tookMs, events }: Extract<Observation, { readonly type: "arrived" }>): void => {
    for (const event of events) {
      if (event.type !== "change") continue;
      const { kind, commandId, conversationId } = event.change;
      const attributes = { "tidings.change.kind": kind, "tidings.conversation.id": conversationId };
      const options = { kind: SpanKind.CONSUMER, startTime: at - tookMs, attributes };
      tracer.startSpan("tidings.receive", options, contextOf(commandId)).end(at);
    }
  };

  return (seen) => {
    if (seen.type === "entry") follow(seen.entry, seen.at);
    if (seen.type === "submit") submit(seen);
    if (seen.type === "answer") answer(seen);
    if (seen.type === "arrived") receive(seen);
    if (seen.type === "displayed")
      tracer.startSpan("tidings.display", { startTime: seen.at }, contextOf(seen.messageId)).end(seen.at);
  };
}

/** Under which all spans of a command stand, in whatever process. */
function contextOf(commandId: string): Context {
  const parent = { ...traceOf(commandId), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}

function finish(span: Span, at: number, error: MessagingError | undefined): void {
  if (error) {
    span.setAttribute("tidings.error.code", error.code);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(at);
}
