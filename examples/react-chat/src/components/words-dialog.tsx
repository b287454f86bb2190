import { type FormEvent, useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { Dialog } from "./dialog.tsx";

interface WordsDialogProps {
  readonly title: string;
  /** What becomes of the words. */
  readonly hint: string;
  readonly label: string;
  readonly send: string;
  readonly isRequired?: boolean;
  readonly onSend: (words: string) => void;
  readonly onClose: () => void;
}

/** What moderators read, of those who wrote it. */
const MOST = 1_000;

/** Asks for a few words to moderators. */
export function WordsDialog(props: WordsDialogProps) {
  const { title, hint, label, send, isRequired = false, onSend, onClose } = props;
  const { t } = useTexts();
  const [words, setWords] = useState("");

  function submit(event: FormEvent): void {
    event.preventDefault();
    onSend(words.trim());
    onClose();
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <p className="hint">{hint}</p>
        <label className="field">
          {label}
          <textarea
            className="text-input"
            dir="auto"
            rows={4}
            maxLength={MOST}
            required={isRequired}
            value={words}
            onChange={({ target }) => setWords(target.value)}
          />
        </label>
        <div className="form-buttons">
          <button type="button" className="button" onClick={onClose}>
            {t.cancel}
          </button>
          <button type="submit" className="button primary" disabled={isRequired && words.trim() === ""}>
            {send}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
