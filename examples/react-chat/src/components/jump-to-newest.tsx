import { useUnread } from "@tidings/react";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";

interface JumpToNewestProps {
  readonly conversationId: string;
  readonly isHidden: boolean;
  readonly onJump: () => void;
}

/** Back to the newest, with the number of those not read yet. */
export function JumpToNewest({ conversationId, isHidden, onJump }: JumpToNewestProps) {
  const { t } = useTexts();
  const unread = useUnread(conversationId);
  if (isHidden) return null;
  return (
    <button type="button" className="jump" aria-label={t.jumpToNewest} onClick={onJump}>
      {unread > 0 && <span>{t.newBelow(unread)}</span>}
      <Icon name="down" />
    </button>
  );
}
