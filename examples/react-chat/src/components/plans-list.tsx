import { MessagingError } from "@tidings/core";
import type { Reminder, ScheduledMessage } from "@tidings/core/bindings";
import type { MessageContent } from "@tidings/core/protocol";
import { useMessage, usePlans, useReminders, useScheduled } from "@tidings/react";
import { type ReactNode, useState } from "react";
import { useChatActions } from "../lib/chat-actions.ts";
import { useSaid } from "../lib/use-said.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Files } from "./attachments.tsx";
import { Icon } from "./icon.tsx";
import { LaterMenu } from "./later-menu.tsx";
import { useAttempt } from "./toasts.tsx";
import "../styles/plans.css";

interface PlansListProps {
  readonly conversationId: string;
}

/** What will be sent here, and everything one wants to be reminded of; nothing where nothing is planned. */
export function PlansList({ conversationId }: PlansListProps) {
  const { t } = useTexts();
  const scheduled = useScheduled(conversationId);
  const reminders = useReminders();
  return (
    <>
      {scheduled.length > 0 && <h3 className="pane-heading">{t.toBeSent}</h3>}
      <ul>
        {scheduled.map((plan) => (
          <Scheduled key={plan.id} plan={plan} />
        ))}
      </ul>
      {reminders.length > 0 && <h3 className="pane-heading">{t.reminders}</h3>}
      <ul>
        {reminders.map((reminder) => (
          <Remembered key={reminder.messageId} reminder={reminder} />
        ))}
      </ul>
    </>
  );
}

function Scheduled({ plan }: { readonly plan: ScheduledMessage }) {
  const { t, format } = useTexts();
  const { cancel, reschedule } = usePlans();
  const attempt = useAttempt();
  const [anchor, setAnchor] = useState<HTMLElement>();
  const { conversationId, message } = plan;
  const { content } = message;
  const said = "text" in content ? content.text || namesIn(content) : t.sealed;
  const refused = plan.code && new MessagingError(plan.code, { message: "unable to send the message" });
  return (
    <Plan
      at={format.future(plan.dueAt)}
      said={said}
      end={t.doNotSend}
      isUrgent={plan.status === "refused"}
      onEnd={plan.status === "sending" ? undefined : () => cancel(plan.id)}
    >
      <Files {...{ conversationId, content }} onCancel={() => attempt(() => cancel(plan.id))} />
      {refused && <span className="plan-fault">{t.errorOf(refused)}</span>}
      {plan.status !== "sending" && (
        <button
          type="button"
          className="link"
          aria-haspopup="menu"
          onClick={({ currentTarget }) => setAnchor(currentTarget)}
        >
          {refused ? t.planAgain : t.planOther}
        </button>
      )}
      {anchor && (
        <LaterMenu
          anchor={anchor}
          label={refused ? t.planAgain : t.planOther}
          onChoose={(dueAt) => attempt(() => reschedule(plan.id, dueAt))}
          onClose={() => setAnchor(undefined)}
        />
      )}
    </Plan>
  );
}

/** Of files without a text. */
function namesIn({ attachments = [] }: Extract<MessageContent, { readonly text: string }>): string {
  return attachments.map(({ name }) => name).join(", ");
}

function Remembered({
  reminder: { conversationId, messageId, dueAt, firedAt },
}: {
  readonly reminder: Reminder;
}) {
  const { t, format } = useTexts();
  const { forget } = usePlans();
  const found = useMessage(conversationId, messageId);
  const { jumpTo } = useChatActions();
  const message = typeof found === "string" ? undefined : found;
  const said = useSaid(message);
  return (
    <Plan
      at={firedAt === undefined ? format.future(dueAt) : t.now}
      said={message ? said : found === "loading" ? t.loading : t.notLoaded}
      end={t.forgetReminder}
      isUrgent={firedAt !== undefined}
      onEnd={() => forget(conversationId, messageId)}
    >
      {message && (
        <button type="button" className="link" onClick={() => jumpTo(message)}>
          {t.goToMessage}
        </button>
      )}
    </Plan>
  );
}

interface PlanProps {
  readonly at: string;
  readonly said: string;
  /** What ends it. */
  readonly end: string;
  readonly isUrgent: boolean;
  readonly onEnd: (() => Promise<unknown>) | undefined;
  readonly children: ReactNode;
}

function Plan({ at, said, end, isUrgent, onEnd, children }: PlanProps) {
  const attempt = useAttempt();
  return (
    <li className="plan" data-urgent={isUrgent}>
      <Icon name="clock" />
      <span className="plan-text">
        <strong>{at}</strong>
        <span className="plan-said" dir="auto">
          {said}
        </span>
        {children}
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={`${end}: ${said}`}
        disabled={!onEnd}
        onClick={() => onEnd && attempt(onEnd)}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}
