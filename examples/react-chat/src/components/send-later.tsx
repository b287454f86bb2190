import type { UseComposer } from "@tidings/react";
import { useClient, useObservable, usePlans } from "@tidings/react";
import { useState } from "react";
import { laterTimes } from "../lib/later-times.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";
import { Menu, MenuEntry } from "./menu.tsx";
import { useAttempt } from "./toasts.tsx";

interface SendLaterProps {
  readonly composer: Omit<UseComposer, "attach" | "detach" | "attachments">;
  readonly conversationId: string;
}

/** Has what is written sent at a time one chooses. Not there where the backend does nothing later. */
export function SendLater({ composer, conversationId }: SendLaterProps) {
  const { t, format } = useTexts();
  const attempt = useAttempt();
  const plans = usePlans();
  const [opened, setOpened] = useState<{ readonly anchor: HTMLElement; readonly times: readonly number[] }>();
  const canPlan = useObservable(useClient().policy, ({ limits }) => limits.planAheadMs !== undefined);
  if (!canPlan) return null;
  const plan = async (dueAt: number): Promise<void> => {
    const { text, about } = composer;
    const replyTo = about?.type === "reply" ? { replyTo: about.messageId } : {};
    await plans.schedule(conversationId, { text, ...replyTo }, dueAt);
    composer.cancel();
    composer.write("");
  };
  const canSend = composer.canSend && composer.about?.type !== "edit";
  return (
    <>
      <button
        type="button"
        className="icon-button later"
        aria-label={t.sendLater}
        aria-haspopup="menu"
        disabled={!canSend}
        onClick={({ currentTarget: anchor }) => setOpened({ anchor, times: laterTimes() })}
      >
        <Icon name="clock" />
      </button>
      {opened && (
        <Menu
          anchor={opened.anchor}
          back={composer.inputRef.current}
          label={t.sendLater}
          onClose={() => setOpened(undefined)}
        >
          {(act) =>
            opened.times.map((dueAt) => (
              <MenuEntry
                key={dueAt}
                icon="clock"
                label={format.future(dueAt)}
                onChoose={act(() => attempt(() => plan(dueAt)))}
              />
            ))
          }
        </Menu>
      )}
    </>
  );
}
