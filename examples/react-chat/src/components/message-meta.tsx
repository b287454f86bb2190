import type { MessageItem } from "@tidings/core";
import { useChatActions } from "../lib/chat-actions.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon, Tick } from "./icon.tsx";

interface MessageMetaProps {
  readonly item: MessageItem;
  readonly tabIndex: number;
}

/** When, whether it was edited or pinned and, of one's own, how far it has got. */
export function MessageMeta({ item: { message, own, status }, tabIndex }: MessageMetaProps) {
  const { t, format } = useTexts();
  const { showVersions } = useChatActions();
  const { createdAt, editedAt, pinnedAt, deletedAt, moderated } = message;
  const isDeleted = deletedAt !== undefined;
  return (
    <span className="meta">
      {pinnedAt !== undefined && (
        <span title={t.pinned}>
          <Icon name="pin" />
          <span className="unseen">{t.pinned}</span>
        </span>
      )}
      {moderated && !isDeleted && (
        <span title={t.moderated}>
          <Icon name="shield" />
          <span className="unseen">{t.moderated}</span>
        </span>
      )}
      {editedAt !== undefined && !isDeleted && (
        <button
          type="button"
          className="edited"
          tabIndex={tabIndex}
          aria-label={t.editedShow}
          onClick={() => showVersions(message.id)}
        >
          {t.edited}
        </button>
      )}
      <time dateTime={new Date(createdAt).toISOString()} title={format.fullTime(createdAt)}>
        {format.time(createdAt)}
      </time>
      {own && !isDeleted && <Tick status={status} label={t.status[status]} />}
    </span>
  );
}
