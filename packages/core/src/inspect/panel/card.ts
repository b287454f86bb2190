import type { Clock } from "../../base/clock.ts";
import type { InspectedClient } from "../inspected-client.ts";
import { h, say } from "./dom.ts";
import type { Model } from "./model.ts";

/** What every part of the panel looks at. */
export interface View {
  readonly client: Inspected;
  readonly model: Model;
  readonly clock: Clock;
  /** Does this fit what stands in the filter? */
  matches(text: string): boolean;
}

/** Of a client what the panel uses: whatever the app's messages carry. */
export type Inspected = Pick<
  InspectedClient,
  "connection" | "outbox" | "metrics" | "health" | "log" | "recorder" | "faults"
>;

/** A part of the panel; drawn only while it is open. */
export interface Card {
  readonly element: HTMLDetailsElement;
  show(): void;
}

/** @param show - draws it, and says what stands beside its title also while it is closed. */
export function card(
  title: string,
  body: readonly (Node | string)[],
  show: (isOpen: boolean) => string,
  isOpen = true,
): Card {
  const note = h("span", { class: "note" });
  const element = h(
    "details",
    { open: isOpen },
    h("summary", {}, title, note),
    h("div", { class: "body" }, ...body),
  );
  const draw = (): void => say(note, show(element.open));
  element.addEventListener("toggle", draw);
  return { element, show: draw };
}

/** A list, and what to say while it is empty. */
export function listWithRest(
  name: string,
  empty: string,
  isOrdered = true,
): readonly [HTMLElement, HTMLElement] {
  const list = h(isOrdered ? "ol" : "ul", { class: "list", "aria-label": name, tabindex: 0 });
  return [list, h("p", { class: "empty" }, empty)];
}
