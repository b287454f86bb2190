import { attachUnsent, type Upload } from "@tidings/core/uploads";
import {
  useConversation,
  useConversations,
  useObservable,
  useUploads,
  type UseComposer,
} from "@tidings/react";
import { useEffect } from "react";
import { useIsBlocked } from "../lib/use-is-blocked.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { BlockedNotice } from "./blocking.tsx";
import { MessageInput } from "./message-input.tsx";
import { TypingIndicator } from "./typing-indicator.tsx";

interface ChatFootProps {
  readonly conversationId: string;
  readonly composer: UseComposer<Upload>;
  readonly onPoll: () => void;
}

/** Who types, and where one writes; or why one cannot. */
export function ChatFoot(props: ChatFootProps) {
  return (
    <footer className="chat-foot">
      <TypingIndicator conversationId={props.conversationId} />
      <Input {...props} />
    </footer>
  );
}

function Input({ conversationId, composer, onPoll }: ChatFootProps) {
  const { t } = useTexts();
  const isAbsent = useObservable(useConversation(conversationId).timeline, ({ absent }) => absent);
  const otherId = useConversations().find((each) => each.conversationId === conversationId)?.otherId;
  const isBlocked = useIsBlocked(otherId);
  const uploads = useUploads();
  const { attach } = composer;
  useEffect(() => attachUnsent(uploads, conversationId, { attach }), [uploads, conversationId, attach]);
  if (isAbsent) {
    return (
      <p className="notice warn" role="status">
        <strong>{t.absent}.</strong> {t.absentHint}
      </p>
    );
  }
  if (isBlocked && otherId !== undefined) return <BlockedNotice userId={otherId} />;
  return <MessageInput {...{ composer, conversationId, onPoll }} label={t.write} />;
}
