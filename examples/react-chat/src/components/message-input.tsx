import type { Upload } from "@tidings/core/uploads";
import type { UseComposer } from "@tidings/react";
import { useObservable, useConversation } from "@tidings/react";
import { useId } from "react";
import { nameOf, textOf } from "../lib/people.ts";
import { messageIn } from "../lib/rows.ts";
import { useAttach } from "../lib/use-attach.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { AttachButton, Attached, VoiceButton } from "./attach-bar.tsx";
import { ErrorNote } from "./error-note.tsx";
import { Icon } from "./icon.tsx";
import { SendLater } from "./send-later.tsx";
import { Suggestions } from "./suggestions.tsx";
import "../styles/message-input.css";

interface MessageInputProps {
  readonly composer: UseComposer<Upload>;
  readonly conversationId: string;
  /** What stands in it while it is empty. */
  readonly label: string;
  /** To ask in a poll instead; absent where that is not offered. */
  readonly onPoll?: () => void;
}

/** Where one writes. What it does is the composer's; this is how it looks. */
export function MessageInput({ composer, conversationId, label, onPoll }: MessageInputProps) {
  const { t } = useTexts();
  const id = useId();
  const { inputProps, inputRef, about, suggestions, active, issues, error, waitSeconds } = composer;
  const isChoosing = suggestions.length > 0;
  const attach = useAttach(conversationId, composer.attach);
  return (
    <div className="input-frame">
      {waitSeconds > 0 && <p className="notice warn">{t.nextIn(waitSeconds)}</p>}
      {error && (
        <div className="notice danger" role="alert">
          <ErrorNote error={error} />
        </div>
      )}
      {issues.map((issue) => (
        <p key={`${issue.code} ${issue.part}`} className="notice danger" role="alert">
          {t.issueOf(issue)}
        </p>
      ))}
      <span className="unseen" role="status">
        {isChoosing && t.suggested(suggestions.length)}
      </span>
      {isChoosing && <Suggestions id={id} composer={composer} />}
      <form
        className="composer"
        data-over={attach.isOver}
        {...attach.dropProps}
        onSubmit={(event) => {
          event.preventDefault();
          void composer.send();
        }}
      >
        {about && <Subject conversationId={conversationId} composer={composer} />}
        <Attached
          uploads={composer.attachments}
          preparing={attach.preparing}
          onRemove={(upload) => {
            composer.detach(upload);
            upload.cancel();
          }}
        />
        <AttachButton add={attach.add} />
        <textarea
          {...inputProps}
          ref={(element) => {
            inputRef.current = element;
          }}
          rows={1}
          dir="auto"
          enterKeyHint="send"
          aria-label={t.message}
          aria-description={t.writeHelp}
          aria-autocomplete="list"
          {...(isChoosing && { "aria-controls": id, "aria-activedescendant": `${id}-${active}` })}
          placeholder={label}
        />
        <VoiceButton
          conversationId={conversationId}
          onSaid={(upload) => {
            composer.attach(upload);
            void composer.send();
          }}
        />
        <SendLater composer={composer} conversationId={conversationId} />
        {onPoll && <PollButton onPoll={onPoll} />}
        <button type="submit" className="send" aria-label={t.send} disabled={!composer.canSend}>
          <Icon name="send" />
        </button>
      </form>
    </div>
  );
}

/** What is answered or edited. */
function Subject({ composer, conversationId }: Pick<MessageInputProps, "composer" | "conversationId">) {
  const { t } = useTexts();
  const { about, cancel } = composer;
  const message = useObservable(useConversation(conversationId).timeline, ({ items }) =>
    messageIn(items, about?.messageId),
  );
  const title = about?.type === "edit" ? t.editing : t.replyingTo(nameOf(message?.authorId ?? ""));
  return (
    <div className="about">
      <div className="about-text">
        <strong>{title}</strong>
        <span dir="auto">{message && textOf(message)}</span>
      </div>
      <button type="button" className="icon-button" aria-label={t.cancel} onClick={cancel}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function PollButton({ onPoll }: { readonly onPoll: () => void }) {
  const { t } = useTexts();
  return (
    <button type="button" className="icon-button" aria-label={t.newPoll} onClick={onPoll}>
      <Icon name="poll" />
    </button>
  );
}
