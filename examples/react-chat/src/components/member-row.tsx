import { mayGrant, outranks } from "@tidings/core/domain";
import type { ParticipantRecord, Role } from "@tidings/core/protocol";
import { useClient, useConversation, useObservable } from "@tidings/react";
import { nameOf } from "../lib/people.ts";
import { useIsBlocked } from "../lib/use-is-blocked.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar, PresenceAvatar } from "./avatar.tsx";
import { BlockButton } from "./blocking.tsx";
import { Icon } from "./icon.tsx";
import { ReportButton } from "./reporting.tsx";
import { useAttempt } from "./toasts.tsx";

const ROLES: readonly Role[] = ["owner", "admin", "moderator", "member"];

interface MemberRowProps {
  readonly conversationId: string;
  readonly member: ParticipantRecord;
  readonly ownRole: Role | undefined;
}

/** A person, their role and, for those who may, a way to change it and to remove them. */
export function MemberRow({ conversationId, member: { userId, role }, ownRole = "member" }: MemberRowProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { members, may } = useConversation(conversationId);
  const isMe = useObservable(useClient().userId) === userId;
  const isBlocked = useIsBlocked(userId);
  const isBelow = !isMe && outranks(ownRole, role);
  return (
    <div className="member">
      {isMe ? <Avatar id={userId} name={userId} /> : <PresenceAvatar userId={userId} />}
      <span className="member-name">
        <bdi>{nameOf(userId)}</bdi> {isMe && <small>({t.you})</small>}
        {isBlocked && <small>({t.blocked})</small>}
      </span>
      {isBelow && may("participant.role") ? (
        <RoleSelect
          label={t.roleOf(nameOf(userId))}
          role={role}
          ownRole={ownRole}
          onChange={(next) => attempt(() => members.setRole(userId, next))}
        />
      ) : (
        <span className="member-role">{t.roles[role]}</span>
      )}
      <span className="member-actions">
        {!isMe && <ReportButton conversationId={conversationId} userId={userId} />}
        {!isMe && <BlockButton userId={userId} />}
        {isBelow && may("participant.remove") && (
          <button
            type="button"
            className="icon-button"
            aria-label={t.removePerson(nameOf(userId))}
            onClick={() => attempt(() => members.remove(userId))}
          >
            <Icon name="close" />
          </button>
        )}
      </span>
    </div>
  );
}

interface RoleSelectProps {
  readonly label: string;
  readonly role: Role;
  readonly ownRole: Role;
  readonly onChange: (role: Role) => void;
}

/** The roles one may give: by the same rules as the server's. */
export function RoleSelect({ label, role, ownRole, onChange }: RoleSelectProps) {
  const { t } = useTexts();
  const offered = ROLES.filter((each) => each === role || mayGrant(ownRole, each));
  return (
    <select
      className="select"
      aria-label={label}
      value={role}
      onChange={({ target }) => {
        const chosen = offered.find((each) => each === target.value);
        if (chosen) onChange(chosen);
      }}
    >
      {offered.map((each) => (
        <option key={each} value={each}>
          {t.roles[each]}
        </option>
      ))}
    </select>
  );
}
