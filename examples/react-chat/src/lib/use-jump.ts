import { bringMessage } from "@tidings/core/bindings";
import { useBringDate, useConversation } from "@tidings/react";
import { type RefObject, useCallback, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import { useAttempt, useToast } from "../components/toasts.tsx";
import type { Destination } from "./chat-actions.ts";
import { useTexts } from "../texts/use-texts.tsx";

interface JumpOptions {
  readonly conversationId: string;
  readonly list: RefObject<VirtualizerHandle | null>;
  readonly leaveEnd: () => void;
  /** Puts the keyboard at a message. */
  readonly focus: (key: string) => void;
}

interface Jump {
  readonly to: (message: Destination) => void;
  /** To the first message from a time on, ms. */
  readonly toDay: (at: number) => void;
  /** What to light up; the count makes a second jump to the same one light it up again. */
  readonly target: { readonly key: string; readonly count: number } | undefined;
}

/** Goes to a message, wherever it is. */
export function useJump({ conversationId, list, leaveEnd, focus }: JumpOptions): Jump {
  const { t } = useTexts();
  const conversation = useConversation(conversationId);
  const attempt = useAttempt();
  const toast = useToast();
  const [target, setTarget] = useState<Jump["target"]>();
  const bringDate = useBringDate(conversationId);
  const show = useCallback(
    async (key: string) => {
      // What was loaded for it is on the page by the next frame.
      await new Promise(requestAnimationFrame);
      leaveEnd();
      list.current?.scrollToIndex(conversation.timeline.get().items.indexOf(key), { align: "center" });
      setTarget((before) => ({ key, count: (before?.count ?? 0) + 1 }));
    },
    [conversation, leaveEnd, list],
  );
  const to = useCallback(
    (message: Destination) =>
      attempt(async () => {
        const key = typeof message === "string" ? message : message.id;
        if (!(await bringMessage(conversation, message))) return toast(t.notLoaded);
        await show(key);
      }),
    [attempt, conversation, show, t, toast],
  );
  const toDay = useCallback(
    (at: number) =>
      attempt(async () => {
        const key = await bringDate(at);
        if (key === undefined) return toast(t.nothingSaid);
        await show(key);
        focus(key);
      }),
    [attempt, bringDate, focus, show, t, toast],
  );
  return { to, toDay, target };
}
