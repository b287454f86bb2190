import { useBlocks } from "@tidings/react";
import { nameOf } from "../lib/people.ts";
import { useIsBlocked } from "../lib/use-is-blocked.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";
import { type Act, MenuEntry } from "./menu.tsx";
import { useAttempt } from "./toasts.tsx";

interface BlockingProps {
  readonly userId: string;
}

interface BlockSwitch {
  readonly isBlocked: boolean;
  /** What it would do. */
  readonly label: string;
  readonly toggle: () => void;
}

/** Has no more contact with somebody, or has it again: on all one's devices, and they are not told. */
function useBlockSwitch(userId: string): BlockSwitch {
  const { t } = useTexts();
  const attempt = useAttempt();
  const { block, unblock } = useBlocks();
  const isBlocked = useIsBlocked(userId);
  const name = nameOf(userId);
  return {
    isBlocked,
    label: isBlocked ? t.unblock(name) : t.block(name),
    toggle: () => attempt(() => (isBlocked ? unblock : block)(userId)),
  };
}

/** In the menu of what they said. */
export function BlockEntry({ userId, act }: BlockingProps & { readonly act: Act }) {
  const { label, toggle } = useBlockSwitch(userId);
  return <MenuEntry icon="block" label={label} onChoose={act(toggle)} />;
}

/** Beside their name. */
export function BlockButton({ userId }: BlockingProps) {
  const { isBlocked, label, toggle } = useBlockSwitch(userId);
  return (
    <button
      type="button"
      className="icon-button"
      data-blocked={isBlocked}
      aria-label={label}
      onClick={toggle}
    >
      <Icon name="block" />
    </button>
  );
}

/** Where one would write to them. */
export function BlockedNotice({ userId }: BlockingProps) {
  const { t } = useTexts();
  const { label, toggle } = useBlockSwitch(userId);
  return (
    <p className="notice warn" role="status">
      {t.youBlocked(nameOf(userId))}{" "}
      <button type="button" className="link" onClick={toggle}>
        {label}
      </button>
    </p>
  );
}
