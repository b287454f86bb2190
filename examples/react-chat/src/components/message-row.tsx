import { useConversation, useObservable } from "@tidings/react";
import { memo, useCallback, useEffect, useState } from "react";
import { useChatActions } from "../lib/chat-actions.ts";
import type { Row } from "../lib/rows.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { MessageItem } from "./message-item.tsx";
import type { OpenMenu } from "./message-menu.tsx";

interface MessageRowProps extends Row {
  readonly conversationId: string;
  readonly isActive: boolean;
  /** Counts up to light the row up. */
  readonly flash: number;
  readonly onMenu: (menu: OpenMenu) => void;
}

/** What stands above a message, and the message. Renders again only when something about this row changes. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { t, format } = useTexts();
  const { chooseDay } = useChatActions();
  const { item, conversationId, isNewDay, isDivider, isBeginning, ...rest } = props;
  if (item.type === "hole") {
    const { fromSeq, toSeq } = item;
    return <Hole {...{ conversationId, fromSeq, toSeq }} />;
  }
  return (
    <>
      {isBeginning && <Beginning conversationId={conversationId} />}
      {isNewDay && (
        <div className="divider">
          <button
            type="button"
            className="divider-day"
            tabIndex={rest.isActive ? 0 : -1}
            title={t.goToDay}
            onClick={() => chooseDay(item.message.createdAt)}
          >
            {format.day(item.message.createdAt)}
          </button>
        </div>
      )}
      {isDivider && (
        <div className="divider unread">
          <span>{t.newMessages}</span>
        </div>
      )}
      <MessageItem item={item} {...rest} />
    </>
  );
});

/** Either all there ever was, or all that is kept. */
function Beginning({ conversationId }: { readonly conversationId: string }) {
  const { t } = useTexts();
  const { record } = useConversation(conversationId);
  const isCut = useObservable(record, (known) => (known?.floorSeq ?? 1) > 1);
  return <p className="beginning">{isCut ? t.notKeptBefore : t.beginning}</p>;
}

interface HoleProps {
  readonly conversationId: string;
  readonly fromSeq: number;
  readonly toSeq: number;
}

/** Messages that exist and are not here: fetched as soon as one scrolls to where they belong. */
function Hole({ conversationId, fromSeq, toSeq }: HoleProps) {
  const { t } = useTexts();
  const { loadAround } = useConversation(conversationId).timeline;
  const [hasFailed, setHasFailed] = useState(false);
  const load = useCallback(() => {
    loadAround(toSeq).then(
      () => setHasFailed(false),
      () => setHasFailed(true),
    );
  }, [loadAround, toSeq]);
  useEffect(load, [load]);
  return (
    <div className="hole">
      <span>{t.hole(toSeq - fromSeq + 1)}</span>
      {hasFailed && (
        <button type="button" className="button" onClick={load}>
          {t.tryAgain}
        </button>
      )}
    </div>
  );
}
