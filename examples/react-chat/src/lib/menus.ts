import type { KeyboardEvent } from "react";

/** Px between a menu and what opened it, and the edge of the window. */
const GAP = 6;

/** Puts a menu below its button, or above where there is no room, and inside the window. */
export function placeBeside(menu: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + GAP + height <= innerHeight;
  const top = below ? at.bottom + GAP : at.top - GAP - height;
  const left = Math.min(at.left, innerWidth - width - GAP);
  menu.style.top = `${Math.max(GAP, top)}px`;
  menu.style.left = `${Math.max(GAP, left)}px`;
}

/** Arrow keys walk through the buttons of a menu, round its ends. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const isRtl = getComputedStyle(event.currentTarget).direction === "rtl";
  const steps: Readonly<Record<string, number>> = {
    ...{ ArrowDown: 1, ArrowUp: -1 },
    ...(isRtl ? { ArrowLeft: 1, ArrowRight: -1 } : { ArrowRight: 1, ArrowLeft: -1 }),
  };
  const step = steps[event.key];
  event.stopPropagation();
  if (step === undefined) return;
  event.preventDefault();
  buttons.at((at + step) % buttons.length)?.focus();
}
