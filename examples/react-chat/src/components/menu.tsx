import { type ReactNode, useLayoutEffect, useRef } from "react";
import { moveFocus, placeBeside } from "../lib/menus.ts";
import { Icon, type IconName } from "./icon.tsx";
import "../styles/message-menu.css";

/** What a button of a menu does: closes the menu, then this. */
export type Act = (action: () => void) => () => void;

interface MenuProps {
  /** The button that opened it. */
  readonly anchor: HTMLElement;
  readonly label: string;
  readonly onClose: () => void;
  /** Where the focus goes once something was chosen. */
  readonly back?: HTMLElement | null;
  readonly children: (act: Act) => ReactNode;
}

/** Beside what opened it. The browser closes it at Escape and at a click elsewhere. */
export function Menu({ anchor, label, onClose, back = anchor, children }: MenuProps) {
  const popover = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const shown = popover.current;
    if (!shown) return;
    shown.showPopover();
    placeBeside(shown, anchor);
    shown.querySelector("button")?.focus();
  }, [anchor]);

  const act: Act = (action) => () => {
    onClose();
    back?.focus({ preventScroll: true });
    action();
  };
  return (
    <div
      ref={popover}
      popover="auto"
      role="menu"
      className="menu"
      aria-label={label}
      onToggle={({ newState }) => newState === "closed" && onClose()}
      onKeyDown={moveFocus}
    >
      {children(act)}
    </div>
  );
}

interface MenuEntryProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onChoose: () => void;
}

export function MenuEntry({ icon, label, onChoose }: MenuEntryProps) {
  return (
    <button type="button" role="menuitem" data-danger={icon === "bin"} onClick={onChoose}>
      <Icon name={icon} />
      {label}
    </button>
  );
}
