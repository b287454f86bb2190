import type { MessageRecord } from "@tidings/core/protocol";
import { useTexts } from "../texts/use-texts.tsx";
import { textOf } from "./people.ts";
import { useIsBlocked } from "./use-is-blocked.ts";
import { useIsHidden } from "./use-is-hidden.ts";

/** What stands for a message in one line; never what one does not want to see. */
export function useSaid(message: MessageRecord | undefined): string {
  const { t } = useTexts();
  const isBlocked = useIsBlocked(message?.authorId);
  const isHidden = useIsHidden(message?.id);
  if (!message) return "";
  if (isHidden) return t.hidden;
  if (isBlocked) return t.ofBlocked;
  return message.deletedAt === undefined ? textOf(message) || t.sealed : t.deleted;
}
