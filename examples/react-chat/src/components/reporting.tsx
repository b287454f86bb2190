import { useClient, useObservable, useReports } from "@tidings/react";
import { useChatActions } from "../lib/chat-actions.ts";
import { nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";
import { type Act, MenuEntry } from "./menu.tsx";
import { useAttempt } from "./toasts.tsx";
import { WordsDialog } from "./words-dialog.tsx";

/** A message, or a person. */
export type Reported = { readonly messageId: string } | { readonly userId: string };

function useCanReport(): boolean {
  return useObservable(useClient().policy, ({ limits }) => limits.reports === true);
}

/** In the menu of what somebody else said. */
export function ReportEntry({ messageId, act }: { readonly messageId: string; readonly act: Act }) {
  const { t } = useTexts();
  const { report } = useChatActions();
  const isReported = useReports().reports.some((each) => each.messageId === messageId);
  if (!useCanReport()) return null;
  const label = isReported ? t.reportAgain : t.report;
  return <MenuEntry icon="flag" label={label} onChoose={act(() => report({ messageId }))} />;
}

interface ReportButtonProps {
  readonly conversationId: string;
  readonly userId: string;
}

/** Beside somebody's name. */
export function ReportButton({ conversationId, userId }: ReportButtonProps) {
  const { t } = useTexts();
  const { report } = useChatActions();
  const isReported = useReports().reports.some(
    (each) => each.userId === userId && each.conversationId === conversationId,
  );
  if (!useCanReport()) return null;
  const name = nameOf(userId);
  return (
    <button
      type="button"
      className="icon-button"
      data-reported={isReported}
      aria-label={isReported ? t.reportPersonAgain(name) : t.reportPerson(name)}
      onClick={() => report({ userId })}
    >
      <Icon name="flag" />
    </button>
  );
}

interface ReportDialogProps {
  readonly conversationId: string;
  readonly reported: Reported;
  readonly onClose: () => void;
}

export function ReportDialog({ conversationId, reported, onClose }: ReportDialogProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { reportMessage, reportPerson } = useReports();
  const send = (words: string): void => {
    const text = words === "" ? undefined : words;
    attempt(() =>
      "userId" in reported
        ? reportPerson(conversationId, reported.userId, text)
        : reportMessage(conversationId, reported.messageId, text),
    );
  };
  return (
    <WordsDialog
      title={"userId" in reported ? t.reportPersonTitle(nameOf(reported.userId)) : t.reportTitle}
      hint={t.reportHint}
      label={t.reportWords}
      send={t.reportSend}
      onSend={send}
      onClose={onClose}
    />
  );
}

interface AppealDialogProps {
  readonly conversationId: string;
  readonly messageId: string;
  readonly onClose: () => void;
}

export function AppealDialog({ conversationId, messageId, onClose }: AppealDialogProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { appeal } = useReports();
  return (
    <WordsDialog
      isRequired
      title={t.appealTitle}
      hint={t.appealHint}
      label={t.appealWords}
      send={t.appealSend}
      onSend={(words) => attempt(() => appeal(conversationId, messageId, words))}
      onClose={onClose}
    />
  );
}
