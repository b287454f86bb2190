import type { Faults, FaultSettings } from "../faults.ts";
import { type Card, card } from "./card.ts";
import { h } from "./dom.ts";

type Switch = {
  readonly [Name in keyof FaultSettings]: FaultSettings[Name] extends boolean ? Name : never;
}[keyof FaultSettings];

const switches: readonly (readonly [Switch, string])[] = [
  ["isOffline", "No network"],
  ["loseAcks", "Lose acks"],
  ["isStorageFull", "Storage full"],
];
const delays = [0, 200, 1_000, 5_000];
const shares = [0, 0.1, 0.5, 1];

/** Things to go wrong at the push of a button. */
export function faultsCard(faults: Faults): Card {
  const cut = h("button", { type: "button" }, "Cut the link");
  cut.addEventListener("click", faults.cut);
  const boxes = switches.map(([name, label]) => {
    const box = h("input", { type: "checkbox" });
    box.addEventListener("change", () => faults.set({ [name]: box.checked }));
    return { box, name, element: h("label", {}, box, label) };
  });
  const delay = choice(
    "Delay",
    delays,
    (ms) => (ms === 0 ? "none" : `${ms} ms`),
    (delayMs) => faults.set({ delayMs }),
  );
  const drop = choice(
    "Lose pushes",
    shares,
    (share) => (share === 0 ? "none" : `${share * 100} %`),
    (dropPushes) => faults.set({ dropPushes }),
  );
  const controls = h(
    "div",
    { class: "controls" },
    cut,
    ...boxes.map(({ element }) => element),
    delay.element,
    drop.element,
  );
  return card("Make it worse", [controls], () => {
    const settings = faults.settings.get();
    for (const { box, name } of boxes) box.checked = settings[name];
    delay.show(settings.delayMs);
    drop.show(settings.dropPushes);
    const isWorse = Object.values(settings).some((value) => value !== 0 && value !== false);
    return isWorse ? "something is" : "nothing is";
  });
}

interface Choice {
  readonly element: HTMLElement;
  show(value: number): void;
}

function choice(
  label: string,
  values: readonly number[],
  name: (value: number) => string,
  choose: (value: number) => void,
): Choice {
  const select = h("select", {}, ...values.map((value) => h("option", { value }, name(value))));
  select.addEventListener("change", () => choose(Number(select.value)));
  return {
    element: h("label", {}, label, select),
    show(value) {
      if (Number(select.value) !== value) select.value = String(value);
    },
  };
}
