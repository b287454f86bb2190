import type { MessageItem } from "@tidings/core";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon, Tick } from "./icon.tsx";

/** When, whether it was edited or pinned and, of one's own, how far it has got. */
export function MessageMeta({ item: { message, own, status } }: { readonly item: MessageItem }) {
  const { t, format } = useTexts();
  const { createdAt, editedAt, pinnedAt, deletedAt } = message;
  return (
    <span className="meta">
      {pinnedAt !== undefined && (
        <span title={t.pinned}>
          <Icon name="pin" />
          <span className="unseen">{t.pinned}</span>
        </span>
      )}
      {editedAt !== undefined && deletedAt === undefined && <span className="edited">{t.edited}</span>}
      <time dateTime={new Date(createdAt).toISOString()} title={format.fullTime(createdAt)}>
        {format.time(createdAt)}
      </time>
      {own && deletedAt === undefined && <Tick status={status} label={t.status[status]} />}
    </span>
  );
}
