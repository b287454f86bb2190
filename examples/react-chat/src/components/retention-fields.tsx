import type { ConversationRetention, ConversationSettings } from "@tidings/core/protocol";
import { useClient, useConversation, useObservable } from "@tidings/react";
import { type FormEvent, useRef, useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { useAttempt } from "./toasts.tsx";

const DAY_MS = 86_400_000;
const DAYS = [1, 7, 30, 90, 365];

interface RetentionFieldsProps {
  readonly conversationId: string;
}

/** How long messages are kept here: for owners to choose, for everybody else to know. Absent where a server does not keep to it. */
export function RetentionFields({ conversationId }: RetentionFieldsProps) {
  const { t } = useTexts();
  const { record, may } = useConversation(conversationId);
  const settings = useObservable(record)?.settings;
  const isOffered = useObservable(
    useClient().policy,
    ({ limits: { keepAtLeastMs } }) => keepAtLeastMs !== undefined && keepAtLeastMs <= DAY_MS,
  );
  if (!isOffered || !settings) return null;
  const { retention = {} } = settings;
  return (
    <section>
      <h3>{t.retention}</h3>
      {may("conversation.retain") ? (
        <Choice conversationId={conversationId} settings={settings} />
      ) : (
        <p className="hint retention">
          <Kept {...retention} />
        </p>
      )}
    </section>
  );
}

function Kept({ maxAgeMs, maxMessages }: ConversationRetention) {
  const { t, format } = useTexts();
  if (maxAgeMs === undefined && maxMessages === undefined) return t.keptAlways;
  const parts = [
    maxAgeMs === undefined ? [] : [t.keptFor(format.days(maxAgeMs / DAY_MS))],
    maxMessages === undefined ? [] : [t.keptMany(format.number(maxMessages))],
  ];
  return parts.flat().join(" ");
}

/** Nothing is deleted by a slip: a change is saved by itself, with what it means beside it. */
function Choice({
  conversationId,
  settings: { retention = {}, ...others },
}: RetentionFieldsProps & { readonly settings: ConversationSettings }) {
  const { t, format } = useTexts();
  const attempt = useAttempt();
  const conversation = useConversation(conversationId);
  const kept = { days: (retention.maxAgeMs ?? 0) / DAY_MS, many: retention.maxMessages ?? 0 };
  const [changed, setChanged] = useState<Partial<typeof kept>>({});
  const { days, many } = { ...kept, ...changed };
  const age = useRef<HTMLSelectElement>(null);

  function save(event: FormEvent): void {
    event.preventDefault();
    const next = {
      ...(days > 0 && { maxAgeMs: days * DAY_MS }),
      ...(many > 0 && { maxMessages: many }),
    };
    const isLimited = Object.keys(next).length > 0;
    setChanged({});
    age.current?.focus(); // the button goes
    attempt(() => conversation.update({ settings: { ...others, ...(isLimited && { retention: next }) } }));
  }

  return (
    <form className="settings-form" onSubmit={save}>
      <label className="field">
        {t.keepAge}
        <select
          ref={age}
          className="select"
          value={days}
          onChange={({ target }) => setChanged({ ...changed, days: Number(target.value) })}
        >
          <option value={0}>{t.keepForEver}</option>
          {[...new Set([...DAYS, ...(kept.days > 0 ? [kept.days] : [])])]
            .sort((one, other) => one - other)
            .map((each) => (
              <option key={each} value={each}>
                {format.days(each)}
              </option>
            ))}
        </select>
      </label>
      <label className="field">
        {t.keepMany}
        <input
          type="number"
          className="text-input"
          min={1}
          step={1}
          placeholder={t.keepManyHint}
          value={many > 0 ? many : ""}
          onChange={({ target }) => setChanged({ ...changed, many: Math.floor(Number(target.value)) })}
        />
      </label>
      {(days !== kept.days || many !== kept.many) && (
        <>
          <p className="notice warn" role="status">
            {t.retentionWarning}
          </p>
          <button type="submit" className="button primary">
            {t.save}
          </button>
        </>
      )}
    </form>
  );
}
