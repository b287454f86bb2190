import { useClient, useConversations, useObservable } from "@tidings/react";
import { type FormEvent, useState } from "react";
import { nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Dialog } from "./dialog.tsx";
import { useAttempt } from "./toasts.tsx";

interface NewConversationProps {
  readonly onClose: () => void;
  readonly onOpen: (conversationId: string) => void;
}

/** Begins a conversation. It opens at once, also without a network. */
export function NewConversation({ onClose, onOpen }: NewConversationProps) {
  const { t } = useTexts();
  const client = useClient();
  const attempt = useAttempt();
  const known = useKnownPeople();
  const [name, setName] = useState("");
  const [others, setOthers] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);

  function create(event: FormEvent): void {
    event.preventDefault();
    const written = others.split(",").map((userId) => userId.trim().toLowerCase());
    const participants = [...new Set([...chosen, ...written])].filter(Boolean).map((userId) => ({ userId }));
    attempt(async () => {
      const { id } = await client.createConversation({ kind: "group", name: name.trim(), participants });
      onOpen(id);
    });
    onClose();
  }

  return (
    <Dialog title={t.newConversation} onClose={onClose}>
      <form className="form" onSubmit={create}>
        <label className="field">
          {t.conversationName}
          <input
            required
            className="text-input"
            dir="auto"
            maxLength={256}
            autoComplete="off"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        <fieldset className="field">
          <legend>{t.people}</legend>
          <div className="choices">
            {known.map((userId) => (
              <label key={userId} className="choice">
                <input
                  type="checkbox"
                  checked={chosen.includes(userId)}
                  onChange={({ target }) =>
                    setChosen(target.checked ? [...chosen, userId] : chosen.filter((each) => each !== userId))
                  }
                />
                {nameOf(userId)}
              </label>
            ))}
          </div>
        </fieldset>
        <label className="field">
          {t.otherPeople}
          <input
            className="text-input"
            autoComplete="off"
            placeholder={t.otherPeopleHint}
            value={others}
            onChange={({ target }) => setOthers(target.value)}
          />
        </label>
        <div className="form-buttons">
          <button type="button" className="button" onClick={onClose}>
            {t.cancel}
          </button>
          <button type="submit" className="button primary">
            {t.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Those one has a conversation with, and those who said something lately. Your app asks its directory. */
function useKnownPeople(): readonly string[] {
  const userId = useObservable(useClient().userId);
  const met = useConversations().flatMap(({ otherId, lastMessage }) => [
    ...(otherId === undefined ? [] : [otherId]),
    ...(lastMessage ? [lastMessage.authorId] : []),
  ]);
  return [...new Set(met)].filter((each) => each !== userId).toSorted();
}
