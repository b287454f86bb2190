import type { CustomInputOf } from "@tidings/core";
import { openPlans, type Plans, type Reminder, type ScheduledMessage } from "@tidings/core/bindings";
import type { AppSchemas } from "./register.ts";
import { useClient } from "./messaging-provider.ts";
import { useObservable } from "./use-observable.ts";

/** To have messages sent, and oneself reminded, later. It never changes. */
export function usePlans(): Plans<CustomInputOf<AppSchemas, "message">> {
  return openPlans(useClient());
}

/** Messages to be sent, the next first. @param conversationId - only those of this one. */
export function useScheduled(conversationId?: string): readonly ScheduledMessage[] {
  const all = useObservable(usePlans().scheduled);
  return conversationId === undefined ? all : all.filter((each) => each.conversationId === conversationId);
}

/** Messages to be reminded of, the next first; those whose time has come have `firedAt`. */
export function useReminders(): readonly Reminder[] {
  return useObservable(usePlans().reminders);
}
