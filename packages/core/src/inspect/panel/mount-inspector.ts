import { type Cancel, type Clock, systemClock } from "../../base/clock.ts";
import { type Card, type Inspected, type View } from "./card.ts";
import { h, say } from "./dom.ts";
import { faultsCard } from "./faults.ts";
import { healthCard, logCard } from "./figures.ts";
import { machinesCard } from "./machines.ts";
import { lanesCard, messagesCard } from "./messages.ts";
import { createModel } from "./model.ts";
import { styles } from "./styles.ts";
import { framesCard, gapsCard, storageCard } from "./wire.ts";

/** How the panel is mounted. */
export interface InspectorOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** What the exported file is called. Default `tidings-recording.jsonl`. */
  readonly fileName?: string;
}

/** The panel, while it is there. */
export interface Inspector {
  /** Takes the panel away; the client goes on. */
  unmount(): void;
}

/** Between two drawings: the eye sees no more, and a burst is to cost the app little. */
const GAP_MS = 100;
/** Ages and countdowns go on while nothing happens. */
const TICK_MS = 1_000;

/**
 * Shows what a client does inside an element of a page: the life of each message, the outbox, both machines, frames, gaps,
 * storage, health, log; and, if the client was made with `faults`, lets things go wrong. It needs no framework, leaves the
 * page's styles alone (a shadow root), and draws ten times a second at most, whatever happens.
 *
 * @param element - a container of its own; the panel is as wide as that.
 *
 * @example
 * ```ts
 * import { createFaults, createInspectedClient } from "@tidings/core/inspect";
 * import { mountInspector } from "@tidings/core/inspect/panel";
 * import { memoryTransport } from "@tidings/core/memory";
 *
 * const client = createInspectedClient({ transport: memoryTransport() }, { faults: createFaults() });
 * mountInspector(client, document.body.appendChild(document.createElement("aside")));
 * ```
 */
export function mountInspector(
  client: Inspected,
  element: HTMLElement,
  { clock = systemClock, fileName = "tidings-recording.jsonl" }: InspectorOptions = {},
): Inspector {
  const model = createModel();
  const bar = createBar(client, fileName, () => schedule());
  const matches = (text: string): boolean => text.toLowerCase().includes(bar.filter());
  const cards = cardsOf({ client, model, clock, matches });
  const host = h("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];
  root.append(
    h("section", { class: "panel", "aria-label": "Tidings inspector" }, bar.element, gridOf(cards)),
  );
  element.append(host);

  let cancel: Cancel | undefined;
  let isOver = false;
  let drawnAt = 0;
  const draw = (): void => {
    cancel = undefined;
    drawnAt = clock.now();
    bar.show();
    if (!bar.isPaused()) for (const each of cards) each.show();
  };
  /** However much happens: once, before one of the next pictures. */
  const schedule = (): void => {
    if (cancel || isOver) return;
    const delayMs = Math.min(GAP_MS, drawnAt + GAP_MS - clock.now());
    cancel = clock.after(delayMs, () => {
      const frame = requestAnimationFrame(draw);
      cancel = () => cancelAnimationFrame(frame);
    });
  };
  const stops = [
    client.recorder.subscribe((entry) => {
      model.take(entry);
      schedule();
    }),
    client.connection.subscribe(schedule),
    client.log.subscribe(schedule),
    every(clock, schedule),
  ];
  for (const entry of client.recorder.entries()) model.take(entry);
  draw();
  return {
    unmount() {
      isOver = true;
      cancel?.();
      for (const stop of stops) stop();
      host.remove();
    },
  };
}

function cardsOf(view: View): readonly Card[] {
  const { faults } = view.client;
  return [
    machinesCard(view),
    messagesCard(view),
    lanesCard(view),
    ...(faults ? [faultsCard(faults)] : []),
    framesCard(view),
    gapsCard(view),
    healthCard(view),
    storageCard(view),
    logCard(view),
  ];
}

/** Side by side where there is room, each column in the order of the keyboard. */
function gridOf(cards: readonly Card[]): HTMLElement {
  const half = Math.ceil(cards.length / 2) - 1;
  const column = (part: readonly Card[]): HTMLElement =>
    h("div", { class: "column" }, ...part.map(({ element }) => element));
  return h("div", { class: "grid" }, column(cards.slice(0, half)), column(cards.slice(half)));
}

interface Bar {
  readonly element: HTMLElement;
  filter(): string;
  isPaused(): boolean;
  show(): void;
}

const tones: Readonly<Record<string, string>> = {
  ...{ online: "good", connecting: "warn", waiting: "warn", offline: "warn", blocked: "bad" },
  ...{ healthy: "good", warning: "warn", critical: "bad" },
};

function createBar(client: Inspected, fileName: string, onChange: () => void): Bar {
  const connection = h("span", { class: "pill", role: "status" });
  const health = h("span", { class: "pill" });
  const filter = h("input", {
    type: "search",
    placeholder: "Filter",
    "aria-label": "Filter by id, type, code",
  });
  const pause = h("button", { type: "button", "aria-pressed": "false" }, "Pause");
  const save = h("button", { type: "button" }, "Export");
  let isPaused = false;
  filter.addEventListener("input", onChange);
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    onChange();
  });
  save.addEventListener("click", () => download(fileName, client.recorder.export()));
  const pill = (element: HTMLElement, text: string): void => {
    say(element, text);
    element.dataset["tone"] = tones[text] ?? "";
  };
  return {
    element: h("header", {}, h("h2", {}, "Inspector"), connection, health, filter, pause, save),
    filter: () => filter.value.trim().toLowerCase(),
    isPaused: () => isPaused,
    show() {
      pill(connection, client.connection.get().name);
      pill(health, client.health.get().level);
    },
  };
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  h("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}

function every(clock: Clock, task: () => void): () => void {
  const again = (): void => {
    cancel = clock.after(TICK_MS, again);
    task();
  };
  let cancel = clock.after(TICK_MS, again);
  return () => cancel();
}
