import { isMessagingError } from "@tidings/core";
import type { CaseDecision, ModerationCase } from "@tidings/core/moderation";
import { useModeration } from "@tidings/react";
import { useRef, useState } from "react";
import { useChatActions } from "../lib/chat-actions.ts";
import { useModerationBackend } from "../lib/moderation.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { CaseCard } from "./case-card.tsx";
import { Dialog } from "./dialog.tsx";
import { ErrorNote } from "./error-note.tsx";
import "../styles/moderation.css";

interface ModerationDialogProps {
  readonly conversationId: string;
  readonly title: string;
  readonly onClose: () => void;
}

/** What people reported and rules flagged in a conversation, for its moderators. */
export function ModerationDialog({ conversationId, title, onClose }: ModerationDialogProps) {
  const { t } = useTexts();
  const { jumpTo } = useChatActions();
  const backend = useModerationBackend();
  const [status, setStatus] = useState<"open" | "closed">("open");
  const [order, setOrder] = useState<"newest" | "urgent">("urgent");
  const [news, setNews] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const queue = useModeration({ backend, conversationId, status, order });
  const { cases, deciding, isLoading, hasMore, error, loadMore } = queue;

  const decide = async (found: ModerationCase, decision: CaseDecision, reason?: string): Promise<void> => {
    try {
      await queue.decide(found.id, decision, reason);
      setNews(t.caseDecided[decision]);
    } catch (failure) {
      setNews(isMessagingError(failure) ? t.errorOf(failure) : t.caseFailed);
    }
    list.current?.focus(); // what had the focus is gone
  };
  return (
    <Dialog title={t.moderationOf(title)} onClose={onClose} isWide>
      <div className="moderation">
        <div className="moderation-choices">
          <Select label={t.caseStatus} value={status} options={t.caseStatuses} onChange={setStatus} />
          <Select label={t.caseOrder} value={order} options={t.caseOrders} onChange={setOrder} />
        </div>
        <p className="moderation-news" role="status">
          {news}
        </p>
        {error && (
          <div className="notice danger" role="alert">
            <ErrorNote error={error} />
          </div>
        )}
        {cases.length === 0 && !error && (
          <p className="hint" role="status">
            {isLoading ? t.loading : t.noCases[status]}
          </p>
        )}
        <ul
          ref={list}
          className="cases"
          tabIndex={-1}
          aria-label={t.caseStatuses[status]}
          aria-busy={isLoading}
        >
          {cases.map((each) => (
            <li key={each.id}>
              <CaseCard
                found={each}
                isDeciding={deciding.has(each.id)}
                onDecide={(decision, reason) => void decide(each, decision, reason)}
                onShow={(message) => {
                  onClose();
                  jumpTo(message);
                }}
              />
            </li>
          ))}
        </ul>
        <div className="form-buttons">
          {hasMore && (
            <button type="button" className="button" disabled={isLoading} onClick={() => void loadMore()}>
              {t.moreCases}
            </button>
          )}
          <button type="button" className="button primary" onClick={onClose}>
            {t.close}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

interface SelectProps<Name extends string> {
  readonly label: string;
  readonly value: Name;
  readonly options: Readonly<Record<Name, string>>;
  readonly onChange: (name: Name) => void;
}

function Select<Name extends string>({ label, value, options, onChange }: SelectProps<Name>) {
  const isName = (name: string): name is Name => Object.hasOwn(options, name);
  return (
    <label className="field">
      {label}
      <select
        className="select"
        value={value}
        onChange={({ target }) => isName(target.value) && onChange(target.value)}
      >
        {Object.entries<string>(options).map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
