import { type Card, card, listWithRest, type View } from "./card.ts";
import { h, rows, s } from "./dom.ts";
import { duration, time } from "./format.ts";
import { type Life, shortKey } from "./model.ts";

/** Rows drawn; the filter finds those beyond. */
const MOST_ROWS = 100;
/** Of a drawing, in its own units. */
const [LENGTH, THICKNESS] = [600, 12];
/** However short a state was, it is seen. */
const SHORTEST = 14;

/** The latest commands, each with its life as a drawing. */
export function messagesCard({ model, clock, matches }: View): Card {
  const [list, empty] = listWithRest("Latest commands", "Nothing was given yet.");
  const shown = rows<Life>(
    list,
    ({ commandId }) => commandId,
    (life) => `${life.steps.length} ${isUnderWay(life) ? Math.floor(clock.now() / 250) : ""}`,
    (life) => row(life, clock.now()),
  );
  return card("Life of each message", [list, empty], (isOpen) => {
    const lives = model.lives.filter(({ commandId, type, conversationId, steps }) =>
      matches(
        [commandId, type, conversationId, ...steps.map(({ code }) => code), steps.at(-1)?.status].join(" "),
      ),
    );
    if (isOpen) shown.show(lives.slice(0, MOST_ROWS));
    return lives.length > MOST_ROWS ? `latest ${MOST_ROWS} of ${lives.length}` : String(lives.length);
  });
}

function isUnderWay({ steps }: Life): boolean {
  return ["queued", "sending"].includes(steps.at(-1)?.status ?? "");
}

function row(life: Life, now: number): HTMLElement {
  const { commandId, type, conversationId, steps } = life;
  const [first, last] = [steps[0], steps.at(-1)];
  const took = (isUnderWay(life) ? now : (last?.at ?? now)) - (first?.at ?? now);
  const tone = last?.status === "failed" ? "bad" : isUnderWay(life) ? "warn" : "good";
  const status = [last?.status, last?.code && `(${last.code})`].filter(Boolean).join(" ");
  return h(
    "li",
    { class: "life" },
    h(
      "span",
      { class: "name" },
      h("span", { class: "mono" }, shortKey(commandId)),
      ` ${type} `,
      h("span", { class: "soft" }, conversationId),
    ),
    h("span", {}, h("span", { class: tone }, status), h("span", { class: "soft" }, ` ${duration(took)}`)),
    drawing(life, now),
  );
}

/** Its states as stretches, as long as they took. */
function drawing(life: Life, now: number): SVGSVGElement {
  const { steps } = life;
  const end = isUnderWay(life) ? now : (steps.at(-1)?.at ?? now);
  const lengths = steps.map(({ at }, index) => Math.max(0, (steps[index + 1]?.at ?? end) - at));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const free = LENGTH - SHORTEST * steps.length;
  let x = 0;
  const stretches = steps.map(({ status }, index) => {
    const share = total === 0 ? 1 / steps.length : (lengths[index] ?? 0) / total;
    const width = SHORTEST + Math.max(0, free) * share;
    const stretch = s("rect", {
      x: x + 1,
      y: 2,
      width: Math.max(1, width - 2),
      height: THICKNESS - 4,
      rx: 3,
      class: `s-${status}`,
    });
    x += width;
    return stretch;
  });
  const story = steps.map(({ status, at, code }, index) => {
    const when = index === 0 ? time(at) : `+${duration(at - (steps[index - 1]?.at ?? at))}`;
    return `${status} ${when}${code === undefined ? "" : ` (${code})`}`;
  });
  return s(
    "svg",
    { viewBox: `0 0 ${LENGTH} ${THICKNESS}`, preserveAspectRatio: "none", role: "img" },
    s("title", {}, story.join(", ")),
    ...stretches,
  );
}

/** What waits, per conversation, in its order. */
export function lanesCard({ client, matches }: View): Card {
  const [list, empty] = listWithRest("Outbox, by conversation", "Nothing waits.", false);
  const shown = rows<Lane>(
    list,
    ({ conversationId }) => conversationId,
    ({ entries }) => entries.map(({ id, status, attempts }) => `${id}${status}${attempts}`).join(),
    laneRow,
  );
  return card("Outbox lanes", [list, empty], (isOpen) => {
    const { entries, waiting, failed } = client.outbox.get();
    const lanes = new Map<string, Lane["entries"]>();
    for (const { command, status, attempts } of isOpen ? entries : []) {
      const { conversationId, commandId, type } = command;
      if (!matches([conversationId, commandId, type, status].join(" "))) continue;
      const lane = lanes.get(conversationId) ?? [];
      lanes.set(conversationId, lane);
      lane.push({ id: commandId, type, status, attempts });
    }
    if (isOpen) shown.show([...lanes].map(([conversationId, found]) => ({ conversationId, entries: found })));
    return `${waiting} waiting, ${failed} failed`;
  });
}

interface Lane {
  readonly conversationId: string;
  readonly entries: { id: string; type: string; status: string; attempts: number }[];
}

const MOST_CHIPS = 24;

function laneRow({ conversationId, entries }: Lane): HTMLElement {
  const chips = entries
    .slice(0, MOST_CHIPS)
    .map(({ id, type, status, attempts }) =>
      h(
        "span",
        { class: "chip", "data-status": status, title: `${type} ${id}` },
        `${shortKey(id)} ${status}${attempts > 1 ? ` ×${attempts}` : ""}`,
      ),
    );
  const rest = entries.length - chips.length;
  return h(
    "li",
    { class: "lane" },
    h("strong", {}, conversationId),
    ...chips,
    ...(rest > 0 ? [`and ${rest} more`] : []),
  );
}
