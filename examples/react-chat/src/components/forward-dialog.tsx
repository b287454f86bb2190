import { useConversation, useConversations } from "@tidings/react";
import { titleOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Dialog } from "./dialog.tsx";
import { useAttempt } from "./toasts.tsx";

interface ForwardDialogProps {
  readonly conversationId: string;
  readonly messageId: string;
  readonly onClose: () => void;
}

/** Where a message is to go: the conversations one is in, those one was in last first. */
export function ForwardDialog({ conversationId, messageId, onClose }: ForwardDialogProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { forward } = useConversation(conversationId);
  const others = useConversations().filter((each) => each.conversationId !== conversationId);
  return (
    <Dialog title={t.forwardTo} onClose={onClose}>
      <div className="form">
        {others.length === 0 && <p>{t.forwardNowhere}</p>}
        <ul className="forward-places" aria-label={t.forwardTo}>
          {others.map((item) => (
            <li key={item.conversationId}>
              <button
                type="button"
                className="button"
                onClick={() => {
                  attempt(() => forward(messageId, item.conversationId));
                  onClose();
                }}
              >
                <bdi>{titleOf(item)}</bdi>
              </button>
            </li>
          ))}
        </ul>
        <div className="form-buttons">
          <button type="button" className="button" onClick={onClose}>
            {t.cancel}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
