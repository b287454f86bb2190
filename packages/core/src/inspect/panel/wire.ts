import { type Card, card, listWithRest, type View } from "./card.ts";
import { h, rows, type Rows, say } from "./dom.ts";
import { bytes, duration, time } from "./format.ts";
import type { Crossing, GapSeen } from "./model.ts";

const MOST_ROWS = 120;

function crossings(list: HTMLElement): Rows<Crossing> {
  return rows<Crossing>(
    list,
    ({ key }) => String(key),
    () => "",
    ({ at, direction, what, size, tookMs, code, link }) => {
      const facts = [size !== undefined && bytes(size), tookMs !== undefined && duration(tookMs)];
      const place = link === undefined ? "" : `${link}: `;
      return h(
        "li",
        { class: "row" },
        h("span", { class: "soft" }, time(at)),
        h(
          "span",
          {},
          h("span", { "aria-hidden": "true" }, direction === "out" ? "→" : "←"),
          h("span", { class: "unseen" }, direction),
        ),
        h(
          "span",
          { class: "what" },
          place + what,
          ...(code === undefined ? [] : [h("span", { class: "bad" }, ` ${code}`)]),
        ),
        h("span", {}, facts.filter(Boolean).join(" · ")),
      );
    },
  );
}

/** What went over the links: kinds, sizes, how long answers took; never what is in it. */
export function framesCard({ model, matches }: View): Card {
  const [list, empty] = listWithRest("Frames, newest first", "Nothing has crossed a link yet.");
  const shown = crossings(list);
  return card("Frames", [list, empty], (isOpen) => {
    const frames = model.frames;
    const found = frames.filter(({ what, code }) => matches(`${what} ${code ?? ""}`));
    if (isOpen) shown.show(found.slice(0, MOST_ROWS));
    const sum = (direction: Crossing["direction"]): string =>
      bytes(frames.reduce((total, each) => total + (each.direction === direction ? (each.size ?? 0) : 0), 0));
    return `${sum("out")} out, ${sum("in")} in`;
  });
}

export function gapsCard({ model }: View): Card {
  const [list, empty] = listWithRest("Gaps, newest first", "No change was missing.");
  const shown = rows<GapSeen>(
    list,
    ({ conversationId, at }) => `${conversationId} ${at}`,
    ({ from, to, repairedAt }) => `${from} ${to} ${repairedAt ?? ""}`,
    ({ conversationId, from, to, at, repairedAt }) =>
      h(
        "li",
        {},
        `${conversationId}: revisions ${from} to ${to}, `,
        repairedAt === undefined
          ? h("span", { class: "warn" }, `missing since ${time(at)}`)
          : h("span", { class: "good" }, `there again after ${duration(repairedAt - at)}`),
      ),
  );
  return card("Gaps", [list, empty], (isOpen) => {
    const open = model.gaps.filter(({ repairedAt }) => repairedAt === undefined).length;
    if (isOpen) shown.show(model.gaps);
    return `${open} open, ${model.gaps.length - open} repaired`;
  });
}

/** What the storage was asked, and whether there is a token; never what it is. */
export function storageCard({ client, model, clock, matches }: View): Card {
  const token = h("p", { class: "soft" });
  const [list, empty] = listWithRest("Storage, newest first", "The storage was not asked for anything.");
  const shown = crossings(list);
  const describe = (): string => {
    const { token: found } = model;
    if (!found) return "Token: none was asked for.";
    if (found.code !== undefined) return `Token: could not be had at ${time(found.at)} (${found.code}).`;
    const { at, length, expiresAt } = found;
    const left = expiresAt === undefined ? undefined : expiresAt - clock.now();
    const expiry =
      left === undefined ? "no end known" : left > 0 ? `expires in ${duration(left)}` : "has expired";
    const shape = length === undefined ? "" : `${length} characters, not shown; `;
    return `Token: ${shape}since ${time(at)}, ${expiry}.`;
  };
  return card(
    "Storage and token",
    [token, list, empty],
    (isOpen) => {
      const { durability, failures } = client.metrics.get().storage;
      if (isOpen) {
        say(token, describe());
        shown.show(model.storage.filter(({ what }) => matches(what)).slice(0, MOST_ROWS));
      }
      return `${durability}, ${failures} failures`;
    },
    false,
  );
}
