import type { ClientMetrics } from "../../observe/metrics.ts";
import type { LogEntry } from "../../observe/log-ring.ts";
import type { HealthReason } from "../../observe/health.ts";
import { type Card, card, listWithRest, type View } from "./card.ts";
import { h, rows, say } from "./dom.ts";
import { bytes, duration, time } from "./format.ts";

/** How well the client is, what would help, and its figures. */
export function healthCard({ client, clock }: View): Card {
  const list = h("ul", { class: "list", "aria-label": "What is not as it should be", tabindex: 0 });
  const well = h("p", { class: "empty" }, "Everything is as it should be.");
  const reasons = rows<HealthReason>(
    list,
    ({ code }) => code,
    ({ level }) => level,
    ({ code, level, reason, recommendation }) =>
      h(
        "li",
        {},
        h("strong", { class: level === "critical" ? "bad" : "warn" }, code),
        `: ${reason}`,
        h("div", { class: "soft" }, recommendation),
      ),
  );
  const figures = createFigures();
  return card("Health and metrics", [list, well, figures.element], (isOpen) => {
    const { level, reasons: found } = client.health.get();
    if (!isOpen) return level;
    reasons.show(found);
    figures.show(figuresOf(client.metrics.get(), clock.now(), client.recorder.stats));
    return level;
  });
}

type Figures = readonly (readonly [name: string, value: string])[];

function createFigures(): { readonly element: HTMLElement; show(figures: Figures): void } {
  const element = h("dl");
  const values = new Map<string, HTMLElement>();
  return {
    element,
    show(figures) {
      for (const [name, value] of figures) {
        let shown = values.get(name);
        if (!shown) {
          values.set(name, (shown = h("dd")));
          element.append(h("div", {}, h("dt", {}, name), shown));
        }
        say(shown, value);
      }
    },
  };
}

function figuresOf(
  { sent, received, queue, connection, cache, storage, listenersMs, memory }: ClientMetrics,
  now: number,
  recorder: View["client"]["recorder"]["stats"],
): Figures {
  const slow = (summary: { readonly median: number; readonly p95: number } | undefined): string =>
    summary ? `${duration(summary.median)}, p95 ${duration(summary.p95)}` : "–";
  return [
    ["Sent a minute", String(sent.perMinute)],
    ["Heard a minute", String(received.perMinute)],
    ["Accepted, refused, put off", `${sent.accepted}, ${sent.refused}, ${sent.deferred}`],
    ["Answer", slow(sent.answerMs)],
    ["Accepted after", slow(sent.acceptedAfterMs)],
    ["Oldest that waits", queue.oldestAt === undefined ? "–" : duration(Math.max(0, now - queue.oldestAt))],
    ["Duplicates suppressed", String(received.duplicates)],
    ["Gaps", `${received.gaps}, ${received.openGaps} open`],
    ["Links opened, failed", `${connection.opened}, ${connection.failed}`],
    ["Cache hits, misses", `${cache.hits}, ${cache.misses}`],
    ["Write to storage", slow(storage.writeMs)],
    ["Listeners", slow(listenersMs)],
    ["Memory", memory ? `${bytes(memory.usedBytes)} of ${bytes(memory.limitBytes)}` : "–"],
    ["Recorded", `${recorder.entries} entries, ${bytes(recorder.size)}`],
  ];
}

const MOST_LINES = 100;

/** The client's log, without secrets. */
export function logCard({ client, matches }: View): Card {
  const [list, empty] = listWithRest("Log, newest first", "Nothing was logged yet.");
  const shown = rows<LogEntry & { readonly key: string }>(
    list,
    ({ key }) => key,
    () => "",
    ({ at, level, event, fields }) =>
      h(
        "li",
        { class: "row" },
        h("span", { class: "soft" }, time(at)),
        h(
          "span",
          { class: level === "error" ? "bad" : level === "warn" ? "warn" : "soft", title: level },
          level.slice(0, 1).toUpperCase(),
        ),
        h("span", { class: "what" }, `${event} ${JSON.stringify(fields ?? {})}`),
        h("span"),
      ),
  );
  return card(
    "Log",
    [list, empty],
    (isOpen) => {
      const entries = client.log.entries();
      if (!isOpen) return `${entries.length} lines`;
      const lines = entries.map((entry, index) => ({
        ...entry,
        key: `${entry.at} ${entry.event} ${index - entries.length}`,
      }));
      const found = lines.filter(({ event, fields }) => matches(`${event} ${JSON.stringify(fields)}`));
      shown.show(found.slice(-MOST_LINES).reverse());
      return `${entries.length} lines`;
    },
    false,
  );
}
