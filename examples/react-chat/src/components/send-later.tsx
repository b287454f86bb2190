import type { Upload } from "@tidings/core/uploads";
import type { UseComposer } from "@tidings/react";
import { useClient, useObservable, usePlans } from "@tidings/react";
import { useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";
import { LaterMenu } from "./later-menu.tsx";

interface SendLaterProps {
  readonly composer: UseComposer<Upload>;
  readonly conversationId: string;
}

/** Has what is written, and attached, sent at a time one chooses. Not there where the backend does nothing later. */
export function SendLater({ composer, conversationId }: SendLaterProps) {
  const { t } = useTexts();
  const plans = usePlans();
  const [opened, setOpened] = useState<HTMLElement>();
  const canPlan = useObservable(useClient().policy, ({ limits }) => limits.planAheadMs !== undefined);
  if (!canPlan) return null;
  const canSend = composer.canSend && composer.about?.type !== "edit";
  return (
    <>
      <button
        type="button"
        className="icon-button later"
        aria-label={t.sendLater}
        aria-haspopup="menu"
        disabled={!canSend}
        onClick={({ currentTarget: anchor }) => setOpened(anchor)}
      >
        <Icon name="clock" />
      </button>
      {opened && (
        <LaterMenu
          anchor={opened}
          back={composer.inputRef.current}
          label={t.sendLater}
          onChoose={(dueAt) => void composer.sendBy((draft) => plans.schedule(conversationId, draft, dueAt))}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  );
}
