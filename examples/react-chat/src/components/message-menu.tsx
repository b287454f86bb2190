import type { MessageItem } from "@tidings/core";
import type { MessageRecord } from "@tidings/core/protocol";
import {
  useBookmarks,
  useClient,
  useConversation,
  useNotebook,
  useObservable,
  usePlans,
  useReceipts,
  useReminders,
} from "@tidings/react";
import { useChatActions } from "../lib/chat-actions.ts";
import { inAnHour } from "../lib/later-times.ts";
import { nameOf, textOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { BlockEntry } from "./blocking.tsx";
import type { IconName } from "./icon.tsx";
import { type Act, Menu, MenuEntry } from "./menu.tsx";
import { ReportEntry } from "./reporting.tsx";
import { useAttempt } from "./toasts.tsx";

export interface OpenMenu {
  readonly item: MessageItem;
  /** The button that opened it. */
  readonly anchor: HTMLElement;
}

interface MessageMenuProps {
  readonly conversationId: string;
  readonly menu: OpenMenu;
  readonly onClose: () => void;
}

const EMOJIS = ["👍", "❤️", "😂", "😮", "🎉", "🙏"];

/** What can be done about a message. */
export function MessageMenu({ conversationId, menu: { item, anchor }, onClose }: MessageMenuProps) {
  const { t } = useTexts();
  return (
    <Menu anchor={anchor} back={anchor.closest("article")} label={t.messageActions} onClose={onClose}>
      {(act) => (
        <>
          <Emojis message={item.message} act={act} />
          <Entries item={item} act={act} />
          {item.own && <Readers conversationId={conversationId} seq={item.message.seq} />}
        </>
      )}
    </Menu>
  );
}

function Emojis({
  message: { id, conversationId },
  act,
}: {
  readonly message: MessageRecord;
  readonly act: Act;
}) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { hasReacted, react, unreact } = useConversation(conversationId);
  return (
    <div className="menu-emojis" role="group" aria-label={t.react}>
      {EMOJIS.map((emoji) => {
        const isMine = hasReacted(id, emoji);
        const toggle = act(() => attempt(() => (isMine ? unreact(id, emoji) : react(id, emoji))));
        return (
          <button key={emoji} type="button" role="menuitemcheckbox" aria-checked={isMine} onClick={toggle}>
            {emoji}
          </button>
        );
      })}
    </div>
  );
}

function Entries({ item: { message, own }, act }: { readonly item: MessageItem; readonly act: Act }) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { reply, edit, forward, openThread, showVersions } = useChatActions();
  const conversation = useConversation(message.conversationId);
  const notebook = useNotebook();
  const { id, threadId = id, pinnedAt, editedAt } = message;
  const isKept = useBookmarks().some(({ messageId }) => messageId === id);
  const plans = usePlans();
  const isReminded = useReminders().some(({ messageId }) => messageId === id);
  const canRemind = useObservable(useClient().policy, ({ limits }) => limits.planAheadMs !== undefined);
  const isPinned = pinnedAt !== undefined;
  const copy = (): Promise<void> => navigator.clipboard.writeText(textOf(message));
  const entry = (icon: IconName, label: string, action: () => void) => (
    <MenuEntry icon={icon} label={label} onChoose={act(action)} />
  );
  const give = (action: () => Promise<unknown>) => (): void => attempt(action);
  return (
    <>
      {entry("reply", t.reply, () => reply(id))}
      {entry("thread", t.replyInThread, () => openThread(threadId))}
      {entry("forward", t.forward, () => forward(id))}
      {entry("copy", t.copy, give(copy))}
      {entry(
        "bookmark",
        isKept ? t.unbookmark : t.bookmark,
        give(() => (isKept ? notebook.unbookmark : notebook.bookmark)(message.conversationId, id)),
      )}
      {canRemind &&
        entry(
          "clock",
          isReminded ? t.forgetReminder : t.remind,
          give(() =>
            isReminded
              ? plans.forget(message.conversationId, id)
              : plans.remind(message.conversationId, id, inAnHour()),
          ),
        )}
      {conversation.may(isPinned ? "message.unpin" : "message.pin") &&
        entry(
          "pin",
          isPinned ? t.unpin : t.pin,
          give(() => (isPinned ? conversation.unpin(id) : conversation.pin(id))),
        )}
      {own && entry("edit", t.edit, () => edit(id))}
      {editedAt !== undefined && entry("history", t.editHistory, () => showVersions(id))}
      {(own || conversation.may("message.delete-any")) &&
        entry(
          "bin",
          t.remove,
          give(() => conversation.delete(id)),
        )}
      {entry(
        "bin",
        t.removeForMe,
        give(() => notebook.hide(message.conversationId, id)),
      )}
      {!own && <ReportEntry messageId={id} act={act} />}
      {!own && <BlockEntry userId={message.authorId} act={act} />}
    </>
  );
}

/** Who has read one's own message. */
function Readers({ conversationId, seq }: { readonly conversationId: string; readonly seq: number }) {
  const { t, format } = useTexts();
  const { readersOf } = useConversation(conversationId);
  useReceipts(conversationId); // for it to stay true while it is open
  const names = seq > 0 ? readersOf(seq).map(nameOf) : [];
  return names.length > 0 ? <p className="menu-note">{t.readBy(format.list(names))}</p> : null;
}
