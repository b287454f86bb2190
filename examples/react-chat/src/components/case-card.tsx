import type { CaseDecision, CaseFlag, ModerationCase } from "@tidings/core/moderation";
import { type FormEvent, useState } from "react";
import type { Destination } from "../lib/chat-actions.ts";
import { nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar } from "./avatar.tsx";
import { MessageText } from "./message-text.tsx";

interface CaseCardProps {
  readonly found: ModerationCase;
  readonly isDeciding: boolean;
  readonly onDecide: (decision: CaseDecision, reason?: string) => void;
  readonly onShow: (message: Destination) => void;
}

/** One case: what was said, why somebody is to look at it, and what can be done about it. */
export function CaseCard({ found, isDeciding, onDecide, onShow }: CaseCardProps) {
  const { t, format } = useTexts();
  const { userId, message, status, openedAt, flags, reports, appeal, decidedBy } = found;
  return (
    <article className="case" aria-label={t.caseOf(nameOf(userId))} aria-busy={isDeciding}>
      <header>
        <Avatar id={userId} name={userId} />
        <strong dir="auto">{nameOf(userId)}</strong>
        <time dateTime={new Date(openedAt).toISOString()} title={format.fullTime(openedAt)}>
          {format.shortTime(openedAt)}
        </time>
        <span className="case-state" data-status={status}>
          {t.caseStates[status]}
          {decidedBy !== undefined && <> · {nameOf(decidedBy)}</>}
        </span>
      </header>
      {found.messageId === undefined ? <p className="hint">{t.casePerson}</p> : <Said found={found} />}
      <ul className="case-reasons" aria-label={t.caseReasons}>
        {reports > 0 && <li>{t.reportedBy(reports)}</li>}
        {flags.map((flag, index) => (
          <Reason key={`${flag.at} ${index}`} flag={flag} />
        ))}
      </ul>
      {appeal !== undefined && (
        <p className="case-appeal" dir="auto">
          {t.caseAppeal(nameOf(userId))} <q>{appeal}</q>
        </p>
      )}
      <Decisions found={found} isDeciding={isDeciding} onDecide={onDecide} />
      {message && (
        <button type="button" className="link" onClick={() => onShow(message)}>
          {t.caseShow}
        </button>
      )}
    </article>
  );
}

/** What was pointed at; and what its author has made of it since. */
function Said({ found: { message, said } }: Pick<CaseCardProps, "found">) {
  const { t } = useTexts();
  const content = said ?? message?.content;
  return (
    <>
      <blockquote className="case-said text" dir="auto">
        {content ? <MessageText message={{ content }} /> : t.caseGone}
      </blockquote>
      {said && message?.deletedAt === undefined && message && (
        <>
          <p className="hint">{t.caseNow}</p>
          <blockquote className="case-said text" dir="auto">
            <MessageText message={message} />
          </blockquote>
        </>
      )}
    </>
  );
}

function Reason({ flag: { source, reason, score } }: { readonly flag: CaseFlag }) {
  const { t } = useTexts();
  if (source === "rule") return <li>{t.flaggedBy(reason, Math.round(100 * (score ?? 1)))}</li>;
  return reason === "" ? null : (
    <li dir="auto">
      <q>{reason}</q>
    </li>
  );
}

type Asking = "remove" | "ban";

/** To remove and to ban ask once more, and why. */
function Decisions({ found, isDeciding, onDecide }: Omit<CaseCardProps, "onShow">) {
  const { t } = useTexts();
  const [asking, setAsking] = useState<Asking>();
  const { status, userId } = found;
  if (status !== "open" && status !== "appealed") return null;
  if (asking) {
    return (
      <Confirm
        {...{ found, asking, isDeciding }}
        onConfirm={(reason) => {
          setAsking(undefined);
          onDecide(asking, reason);
        }}
        onCancel={() => setAsking(undefined)}
      />
    );
  }
  const button = (label: string, action: () => void, isDanger = false) => (
    <button
      type="button"
      className={isDanger ? "button danger" : "button"}
      disabled={isDeciding}
      onClick={action}
    >
      {label}
    </button>
  );
  return (
    <div className="case-buttons">
      {button(status === "appealed" ? t.caseGrant : t.caseApprove, () => onDecide("approve"))}
      {status === "appealed" && button(t.caseRefuse, () => onDecide("remove"))}
      {status === "open" &&
        found.messageId !== undefined &&
        button(t.caseRemoveAsk, () => setAsking("remove"), true)}
      {button(t.caseBanAsk(nameOf(userId)), () => setAsking("ban"), true)}
    </div>
  );
}

interface ConfirmProps extends Pick<CaseCardProps, "found" | "isDeciding"> {
  readonly asking: Asking;
  readonly onConfirm: (reason: string | undefined) => void;
  readonly onCancel: () => void;
}

function Confirm({ found, asking, isDeciding, onConfirm, onCancel }: ConfirmProps) {
  const { t } = useTexts();
  const [reason, setReason] = useState("");
  const isMessage = found.messageId !== undefined;

  function confirm(event: FormEvent): void {
    event.preventDefault();
    onConfirm(reason.trim() || undefined);
  }

  return (
    <form className="case-confirm" onSubmit={confirm}>
      {isMessage && (
        <label className="field">
          {t.caseWhy}
          <input
            autoFocus
            className="text-input"
            dir="auto"
            maxLength={1_000}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </label>
      )}
      <button type="submit" className="button danger" autoFocus={!isMessage} disabled={isDeciding}>
        {asking === "ban" ? t.caseBan(nameOf(found.userId)) : t.caseRemove}
      </button>
      <button type="button" className="button" onClick={onCancel}>
        {t.cancel}
      </button>
    </form>
  );
}
