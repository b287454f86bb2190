import { useReports } from "@tidings/react";
import { useChatActions } from "../lib/chat-actions.ts";
import type { Message } from "../lib/data.ts";
import { useTexts } from "../texts/use-texts.tsx";

interface RemovedMessageProps {
  readonly message: Message;
  readonly isOwn: boolean;
  readonly tabIndex: number;
}

/** What stands for a message that is gone: who took it away and why and, of one's own, what one can say to that. */
export function RemovedMessage({ message, isOwn, tabIndex }: RemovedMessageProps) {
  const { t } = useTexts();
  const { id, moderated, reason } = message;
  if (!moderated) return <>{t.deleted}</>;
  return (
    <>
      {reason === undefined ? t.removedByModerator : t.removedBecause(reason)}
      {isOwn && (
        <>
          {" "}
          <Appeal messageId={id} tabIndex={tabIndex} />
        </>
      )}
    </>
  );
}

function Appeal({ messageId, tabIndex }: { readonly messageId: string; readonly tabIndex: number }) {
  const { t } = useTexts();
  const { appeal } = useChatActions();
  const asked = useReports().appeals.find((each) => each.messageId === messageId);
  if (asked) return <span className="appeal">{t.appealStates[asked.outcome ?? "waiting"]}</span>;
  return (
    <button type="button" className="link" tabIndex={tabIndex} onClick={() => appeal(messageId)}>
      {t.appeal}
    </button>
  );
}
