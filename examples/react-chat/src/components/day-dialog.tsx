import { type FormEvent, useState } from "react";
import { dayOf, startOfLocal } from "../lib/days.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Dialog } from "./dialog.tsx";

interface DayDialogProps {
  /** A time of the day that is offered, ms. */
  readonly at: number;
  readonly onChoose: (at: number) => void;
  readonly onClose: () => void;
}

/** Asks for a day of the conversation to go to. */
export function DayDialog({ at, onChoose, onClose }: DayDialogProps) {
  const { t } = useTexts();
  const [day, setDay] = useState(() => dayOf(at));
  const [today] = useState(() => dayOf(Date.now()));
  const begin = startOfLocal(day);

  function choose(event: FormEvent): void {
    event.preventDefault();
    onClose();
    onChoose(begin);
  }

  return (
    <Dialog title={t.goToDay} onClose={onClose}>
      <form className="form" onSubmit={choose}>
        <label className="field">
          {t.day}
          <input
            type="date"
            className="text-input"
            autoFocus
            required
            max={today}
            value={day}
            onChange={({ target }) => setDay(target.value)}
          />
        </label>
        <div className="form-buttons">
          <button type="button" className="button" onClick={onClose}>
            {t.cancel}
          </button>
          <button type="submit" className="button primary" disabled={Number.isNaN(begin)}>
            {t.go}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
