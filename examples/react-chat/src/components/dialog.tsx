import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import "../styles/dialog.css";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Takes the room there is. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A modal dialog: the browser keeps the focus in it, and gives it back. */
export function Dialog({ title, onClose, isWide = false, children }: DialogProps) {
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  // Closed while it is still there, or nothing gives the focus back.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} className="dialog" data-wide={isWide} aria-labelledby={titleId} onCancel={onClose}>
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}
