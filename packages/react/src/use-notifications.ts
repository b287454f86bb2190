import {
  createNotifications,
  type NotificationPermissionState,
  type NotificationsOptions,
} from "@tidings/core/bindings";
import { useEffect, useMemo } from "react";
import { useClient } from "./messaging-provider.ts";
import type { AppCustom } from "./register.ts";
import { useObservable } from "./use-observable.ts";

export interface UseNotifications {
  readonly permission: NotificationPermissionState;
  /** Asks the person; call it in answer to a click or a key. */
  readonly request: () => Promise<NotificationPermissionState>;
}

/** Notifies of new messages while this is on screen and the page is not looked at. */
export function useNotifications(options?: NotificationsOptions<AppCustom>): UseNotifications {
  const client = useClient();
  const notifications = useMemo(() => createNotifications(client), [client]);
  // At every render: functions written in place are others each time, and to start costs one listener.
  useEffect(() => notifications.start(options));
  return { permission: useObservable(notifications), request: notifications.request };
}
