import { useUnreadMentions } from "@tidings/react";
import { useChatActions } from "../lib/chat-actions.ts";
import { useTexts } from "../texts/use-texts.tsx";

/** Leads to the first unread message that mentions one; absent where there is none. */
export function JumpToMention({ conversationId }: { readonly conversationId: string }) {
  const { t } = useTexts();
  const { jumpTo } = useChatActions();
  const mentions = useUnreadMentions(conversationId);
  const [first] = mentions;
  if (!first) return null;
  return (
    <button
      type="button"
      className="jump to-mention"
      aria-label={t.jumpToMention(mentions.length)}
      onClick={() => jumpTo(first)}
    >
      @ <span aria-hidden="true">{mentions.length}</span>
    </button>
  );
}
