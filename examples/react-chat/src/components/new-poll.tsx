import { useConversation } from "@tidings/react";
import { type FormEvent, useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { Dialog } from "./dialog.tsx";
import { useAttempt } from "./toasts.tsx";

interface NewPollProps {
  readonly conversationId: string;
  readonly onClose: () => void;
}

const MOST = 20;

/** Asks something of everybody here. */
export function NewPoll({ conversationId, onClose }: NewPollProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { send } = useConversation(conversationId);
  const [text, setText] = useState("");
  const [lines, setLines] = useState("");
  const [many, setMany] = useState(false);
  const [anonymous, setAnonymous] = useState(false);
  const options = [...new Set(lines.split("\n").map((line) => line.trim()))].filter(Boolean).slice(0, MOST);

  function ask(event: FormEvent): void {
    event.preventDefault();
    if (options.length < 2) return;
    const poll = { options, ...(many && { many }), ...(anonymous && { anonymous }) };
    attempt(() => send({ text: text.trim(), poll }));
    onClose();
  }

  return (
    <Dialog title={t.newPoll} onClose={onClose}>
      <form className="form" onSubmit={ask}>
        <label className="field">
          {t.pollQuestion}
          <input
            required
            className="text-input"
            dir="auto"
            maxLength={500}
            autoComplete="off"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
        <label className="field">
          {t.pollOptions}
          <textarea
            required
            className="text-input"
            dir="auto"
            rows={4}
            value={lines}
            onChange={({ target }) => setLines(target.value)}
          />
        </label>
        <div className="choices">
          <Choice label={t.pollMany} isChosen={many} onChoose={setMany} />
          <Choice label={t.pollAnonymous} isChosen={anonymous} onChoose={setAnonymous} />
        </div>
        <div className="form-buttons">
          <button type="button" className="button" onClick={onClose}>
            {t.cancel}
          </button>
          <button type="submit" className="button primary" disabled={options.length < 2}>
            {t.pollAsk}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly isChosen: boolean;
  readonly onChoose: (isChosen: boolean) => void;
}

function Choice({ label, isChosen, onChoose }: ChoiceProps) {
  return (
    <label className="choice">
      <input type="checkbox" checked={isChosen} onChange={({ target }) => onChoose(target.checked)} />
      {label}
    </label>
  );
}
