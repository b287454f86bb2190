import type { NotificationLevel } from "@tidings/core/protocol";
import { useClient, useConversation, useMembers, useObservable } from "@tidings/react";
import { type ComponentType, type FormEvent, lazy, Suspense, useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { AddMember } from "./add-member.tsx";
import { MemberRow } from "./member-row.tsx";
import { Pane } from "./pane.tsx";
import { PreviewsSwitch } from "./previews-switch.tsx";
import { RetentionFields } from "./retention-fields.tsx";
import { useAttempt } from "./toasts.tsx";

interface RoomSettingsProps {
  readonly conversationId: string;
  readonly onClose: () => void;
}

const LEVELS: readonly NotificationLevel[] = ["all", "mentions", "none"];

/** Fetched by those who look at it. */
const ModerationDialog = lazy(async () => ({
  default: (await import("./moderation-dialog.tsx")).ModerationDialog,
}));
const FiguresDialog = lazy(async () => ({ default: (await import("./figures-dialog.tsx")).FiguresDialog }));

/** What the conversation is called, who is in it and as what, and how much one wants to hear of it. */
export function RoomSettings({ conversationId, onClose }: RoomSettingsProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const conversation = useConversation(conversationId);
  const kind = useObservable(conversation.record, (record) => record?.kind);
  const userId = useObservable(useClient().userId);
  const members = useMembers(conversationId).filter(
    ({ status }) => status === "active" || status === "muted",
  );
  const own = members.find((member) => member.userId === userId);
  return (
    <Pane title={t.settings} onClose={onClose}>
      <div className="pane-body settings">
        {kind !== "direct" && <Description conversationId={conversationId} />}
        <label className="field">
          {t.notifyMe}
          <select
            className="select"
            value={own?.notify ?? "all"}
            onChange={({ target }) => {
              const level = LEVELS.find((each) => each === target.value);
              if (level) attempt(() => conversation.notify(level));
            }}
          >
            {LEVELS.map((level) => (
              <option key={level} value={level}>
                {t.notify[level]}
              </option>
            ))}
          </select>
        </label>
        <PreviewsSwitch conversationId={conversationId} />
        <RetentionFields conversationId={conversationId} />
        <section>
          <h3>{t.members(members.length)}</h3>
          <ul className="members">
            {members.map((member) => (
              <li key={member.userId}>
                <MemberRow conversationId={conversationId} member={member} ownRole={own?.role} />
              </li>
            ))}
          </ul>
        </section>
        {conversation.may("message.delete-any") && kind !== "direct" && (
          <Aside conversationId={conversationId} label={t.moderation} Shown={ModerationDialog} />
        )}
        {conversation.may("message.delete-any") && (
          <Aside conversationId={conversationId} label={t.inFigures} Shown={FiguresDialog} />
        )}
        {kind !== "direct" && conversation.may("participant.add") && (
          <AddMember conversationId={conversationId} ownRole={own?.role ?? "member"} />
        )}
        {kind !== "direct" && own && own.role !== "owner" && (
          <button type="button" className="button danger" onClick={() => attempt(() => conversation.leave())}>
            {t.leave}
          </button>
        )}
      </div>
    </Pane>
  );
}

interface AsideProps {
  readonly conversationId: string;
  readonly label: string;
  readonly Shown: ComponentType<{
    readonly conversationId: string;
    readonly title: string;
    readonly onClose: () => void;
  }>;
}

/** For those who look after the conversation: the server tells them, and nobody else. */
function Aside({ conversationId, label, Shown }: AsideProps) {
  const record = useObservable(useConversation(conversationId).record);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button type="button" className="button" onClick={() => setIsOpen(true)}>
        {label}
      </button>
      {isOpen && (
        <Suspense>
          <Shown
            conversationId={conversationId}
            title={record?.name ?? conversationId}
            onClose={() => setIsOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
}

/** Name and subject; a plain text for those who may not change them. */
function Description({ conversationId }: { readonly conversationId: string }) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const conversation = useConversation(conversationId);
  const record = useObservable(conversation.record);
  const [changed, setChanged] = useState<{ name?: string; description?: string }>({});
  const mayChange = conversation.may("conversation.update");
  const shown = { name: record?.name ?? "", description: record?.description ?? "", ...changed };

  function save(event: FormEvent): void {
    event.preventDefault();
    attempt(() => conversation.update(changed));
    setChanged({});
  }

  return (
    <form className="settings-form" onSubmit={save}>
      {(["name", "description"] as const).map((field) => (
        <label key={field} className="field">
          {t[field]}
          <input
            dir="auto"
            className="text-input"
            readOnly={!mayChange}
            required={field === "name"}
            value={shown[field]}
            onChange={({ target }) => setChanged({ ...changed, [field]: target.value })}
          />
        </label>
      ))}
      {Object.keys(changed).length > 0 && (
        <button type="submit" className="button primary">
          {t.save}
        </button>
      )}
    </form>
  );
}
