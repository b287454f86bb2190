import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";
import "../styles/pane.css";

interface PaneProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Beside the messages; over them where there is no room. Escape closes it. */
export function Pane({ title, onClose, children }: PaneProps) {
  const { t } = useTexts();
  const id = useId();
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    const came = document.activeElement;
    const shown = pane.current;
    if (!shown?.contains(came)) shown?.querySelector<HTMLElement>("input, textarea, button")?.focus();
    return () => {
      if (came instanceof HTMLElement) came.focus({ preventScroll: true });
    };
  }, []);
  return (
    <aside
      ref={pane}
      className="pane"
      aria-labelledby={id}
      onKeyDown={({ key, defaultPrevented }) => key === "Escape" && !defaultPrevented && onClose()}
    >
      <header className="bar">
        <h2 id={id} className="bar-title">
          {title}
        </h2>
        <button type="button" className="icon-button" aria-label={t.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </aside>
  );
}
