import type { MessageContent } from "@tidings/core/protocol";
import { useMessage } from "@tidings/react";
import { nameOf } from "../lib/people.ts";
import { useVersions } from "../lib/use-versions.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Dialog } from "./dialog.tsx";
import { ErrorNote } from "./error-note.tsx";
import { MessageText } from "./message-text.tsx";
import "../styles/versions.css";

interface VersionsDialogProps {
  readonly conversationId: string;
  readonly messageId: string;
  readonly onClose: () => void;
}

interface Version {
  readonly content: MessageContent;
  /** Since when it said so. */
  readonly at: number;
  /** Who made it another. */
  readonly by?: string;
}

/** What a message has said before, the newest first. */
export function VersionsDialog({ conversationId, messageId, onClose }: VersionsDialogProps) {
  const { t } = useTexts();
  const found = useMessage(conversationId, messageId);
  const message = typeof found === "string" ? undefined : found;
  const { versions, error } = useVersions(conversationId, messageId, message?.version);
  const all: readonly Version[] = [
    ...(versions ?? []).map(({ content, replacedBy }, index) => ({
      ...{ content, by: replacedBy, at: versions?.[index - 1]?.replacedAt ?? message?.createdAt ?? 0 },
    })),
    ...(message ? [{ content: message.content, at: versions?.at(-1)?.replacedAt ?? message.createdAt }] : []),
  ];
  return (
    <Dialog title={t.editHistory} onClose={onClose}>
      {!versions && !error && <p role="status">{t.loading}</p>}
      {error && <ErrorNote error={error} />}
      {versions && (
        <ol className="versions" aria-label={t.editHistory} tabIndex={0}>
          {all.toReversed().map((version, index) => (
            <VersionRow
              key={all.length - index}
              version={version}
              isNow={index === 0}
              authorId={message?.authorId}
            />
          ))}
        </ol>
      )}
      <div className="form-buttons">
        <button type="button" className="button primary" onClick={onClose}>
          {t.close}
        </button>
      </div>
    </Dialog>
  );
}

interface VersionRowProps {
  readonly version: Version;
  readonly isNow: boolean;
  readonly authorId: string | undefined;
}

/** Who changed it is said where it was not its author. */
function VersionRow({ version: { content, at, by }, isNow, authorId }: VersionRowProps) {
  const { t, format } = useTexts();
  const time = format.fullTime(at);
  return (
    <li>
      <p className="version-time">
        {isNow ? t.versionNow(time) : t.versionFrom(time)}
        {by !== undefined && by !== authorId && <>, {t.versionBy(nameOf(by))}</>}
      </p>
      <div className="text" dir="auto">
        <MessageText message={{ content }} />
      </div>
    </li>
  );
}
