import type { Role } from "@tidings/core/protocol";
import { useConversation } from "@tidings/react";
import { type FormEvent, useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { RoleSelect } from "./member-row.tsx";
import { useAttempt } from "./toasts.tsx";

interface AddMemberProps {
  readonly conversationId: string;
  readonly ownRole: Role;
}

/** Takes somebody in, by the id the app's users have. */
export function AddMember({ conversationId, ownRole }: AddMemberProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { members } = useConversation(conversationId);
  const [userId, setUserId] = useState("");
  const [role, setRole] = useState<Role>("member");

  function add(event: FormEvent): void {
    event.preventDefault();
    attempt(() => members.add(userId.trim().toLowerCase(), role));
    setUserId("");
  }

  return (
    <form className="add-member" onSubmit={add}>
      <h3>{t.addPerson}</h3>
      <input
        required
        className="text-input"
        aria-label={t.addPerson}
        placeholder={t.addHint}
        autoComplete="off"
        value={userId}
        onChange={({ target }) => setUserId(target.value)}
      />
      <RoleSelect label={t.role} role={role} ownRole={ownRole} onChange={setRole} />
      <button type="submit" className="button primary">
        {t.add}
      </button>
    </form>
  );
}
