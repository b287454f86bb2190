import type { NotedConversation } from "@tidings/core/bindings";
import { useNotebook } from "@tidings/react";
import type { AppSchemas } from "../lib/data.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Menu, MenuEntry } from "./menu.tsx";
import { useAttempt } from "./toasts.tsx";

interface ConversationMenuProps {
  readonly item: NotedConversation<AppSchemas>;
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

const MUTED_MS = 8 * 60 * 60 * 1_000;

/** What one keeps of a conversation for oneself: nobody else sees it. */
export function ConversationMenu({ item, anchor, onClose }: ConversationMenuProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { conversationId: id, pinned, archived, muted } = item;
  const { pin, unpin, archive, unarchive, mute, unmute } = useNotebook();
  return (
    <Menu anchor={anchor} label={t.conversationActions} onClose={onClose}>
      {(act) => {
        const give = (work: () => Promise<unknown>) => act(() => attempt(work));
        return (
          <>
            <MenuEntry
              icon="pin"
              label={pinned ? t.unpinConversation : t.pinConversation}
              onChoose={give(() => (pinned ? unpin : pin)(id))}
            />
            <MenuEntry
              icon="bell"
              label={muted ? t.unmute : t.mute}
              onChoose={give(() => (muted ? unmute(id) : mute(id, Date.now() + MUTED_MS)))}
            />
            <MenuEntry
              icon="archive"
              label={archived ? t.unarchive : t.archive}
              onChoose={give(() => (archived ? unarchive : archive)(id))}
            />
          </>
        );
      }}
    </Menu>
  );
}
