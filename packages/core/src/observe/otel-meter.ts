import type { Meter } from "@opentelemetry/api";
import type { Observer } from "./observation.ts";

/** Counters and distributions, labelled by kinds and codes, never by a user, a conversation or a message. */
export function meterObserver(meter: Meter): Observer {
  const ms = { unit: "ms" };
  const answers = meter.createHistogram("tidings.client.answer", {
    ...ms,
    description: "from a submit to its answer",
  });
  const accepted = meter.createHistogram("tidings.client.accepted", {
    ...ms,
    description: "from when the person did it until it was accepted",
  });
  const queries = meter.createHistogram("tidings.client.query", ms);
  const storage = meter.createHistogram("tidings.client.storage", ms);
  const rendered = meter.createHistogram("tidings.client.rendered", ms);
  const received = meter.createCounter("tidings.client.received", {
    description: "what links told, by type",
  });
  const links = meter.createCounter("tidings.client.links", {
    description: "links opened, failed and closed",
  });

  return (seen) => {
    if (seen.type === "answer") {
      const { command, tookMs, error } = seen;
      answers.record(tookMs, { type: command.type, outcome: error?.code ?? "accepted" });
    }
    if (seen.type === "entry" && seen.entry.status === "sent")
      accepted.record(Math.max(0, seen.at - seen.entry.command.at), { type: seen.entry.command.type });
    if (seen.type === "query")
      queries.record(seen.tookMs, { query: seen.query, outcome: seen.error?.code ?? "answered" });
    if (seen.type === "storage")
      storage.record(seen.tookMs, { operation: seen.operation, outcome: seen.error?.code ?? "done" });
    if (seen.type === "rendered") rendered.record(seen.tookMs);
    if (seen.type === "arriving") for (const { type } of seen.events) received.add(1, { type });
    if (seen.type === "opened") links.add(1, { outcome: seen.error ? "failed" : "opened" });
    if (seen.type === "closed") links.add(1, { outcome: "closed" });
  };
}
