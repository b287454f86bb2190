import { useReminders } from "@tidings/react";
import { useEffect, useRef } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { useToast } from "./toasts.tsx";

/** One that came while nobody looked is in the list only. */
const NEWS_MS = 60_000;

/** Says so when it is time for what one wanted to be reminded of; what it is stands in the pane of what one keeps. */
export function ReminderToasts() {
  const { t } = useTexts();
  const toast = useToast();
  const reminders = useReminders();
  const told = useRef(new Set<string>());
  useEffect(() => {
    for (const { messageId, firedAt, text } of reminders) {
      if (firedAt === undefined || told.current.has(`${messageId} ${firedAt}`)) continue;
      told.current.add(`${messageId} ${firedAt}`);
      if (Date.now() - firedAt < NEWS_MS) toast(t.reminded(text));
    }
  }, [reminders, toast, t]);
  return null;
}
