import { usePresence } from "@tidings/react";
import { hueOf, initialOf, nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import "../styles/avatar.css";

interface AvatarProps {
  readonly id: string;
  readonly name: string;
  /** A group is a rounded square, so that people and groups differ by shape. */
  readonly shape?: "person" | "group";
}

/** Decoration: the name stands beside it. */
export function Avatar({ id, name, shape = "person" }: AvatarProps) {
  return (
    <span className="avatar" data-shape={shape} style={{ "--hue": hueOf(id) }} aria-hidden="true">
      {initialOf(name)}
    </span>
  );
}

/** A person, and whether they are there: as a dot, and in words for who does not see it. */
export function PresenceAvatar({ userId }: { readonly userId: string }) {
  const { t } = useTexts();
  const presence = usePresence(userId);
  return (
    <span className="presence" data-presence={presence} title={t.presences[presence]}>
      <Avatar id={userId} name={nameOf(userId)} />
      <span className="unseen">{t.presences[presence]}</span>
    </span>
  );
}
