import { useClient, useConversation, useObservable } from "@tidings/react";
import { useTexts } from "../texts/use-texts.tsx";
import { useAttempt } from "./toasts.tsx";
import "../styles/notification-settings.css";

interface PreviewsSwitchProps {
  readonly conversationId: string;
}

/** May what links here lead to be looked up? For those to choose who may change the conversation. Absent where nobody looks. */
export function PreviewsSwitch({ conversationId }: PreviewsSwitchProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const conversation = useConversation(conversationId);
  const settings = useObservable(conversation.record)?.settings;
  const isOffered = useObservable(useClient().policy, ({ limits }) => limits.previews === true);
  if (!isOffered || !settings || settings.confidential) return null;
  return (
    <label className="setting">
      <span>
        <strong>{t.linkPreviews}</strong>
        <small>{t.linkPreviewsHint}</small>
      </span>
      <input
        type="checkbox"
        role="switch"
        className="switch"
        disabled={!conversation.may("conversation.update")}
        checked={settings.previews ?? true}
        onChange={({ target }) => {
          const { checked: previews } = target;
          attempt(() => conversation.update({ settings: { ...settings, previews } }));
        }}
      />
    </label>
  );
}
