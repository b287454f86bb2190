import { useTexts } from "../texts/use-texts.tsx";
import { Menu, MenuEntry } from "./menu.tsx";
import { laterTimes } from "../lib/later-times.ts";
import { useState } from "react";

interface LaterMenuProps {
  readonly anchor: HTMLElement;
  readonly label: string;
  /** Where the focus goes once a time was chosen. Default: what opened it. */
  readonly back?: HTMLElement | null;
  readonly onChoose: (dueAt: number) => void;
  readonly onClose: () => void;
}

/** Times that people mean by "later". */
export function LaterMenu({ anchor, label, back = anchor, onChoose, onClose }: LaterMenuProps) {
  const { format } = useTexts();
  const [times] = useState(() => laterTimes());
  return (
    <Menu {...{ anchor, back, label, onClose }}>
      {(act) =>
        times.map((dueAt) => (
          <MenuEntry
            key={dueAt}
            icon="clock"
            label={format.future(dueAt)}
            onChoose={act(() => onChoose(dueAt))}
          />
        ))
      }
    </Menu>
  );
}
