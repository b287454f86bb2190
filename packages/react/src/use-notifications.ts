import {
  createNotifications,
  type NotificationPermissionState,
  type NotificationsOptions,
} from "@tidings/core/bindings";
import { useEffect, useMemo, useRef } from "react";
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
  // Functions written in place are others at each render.
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => notifications.start(() => latest.current), [notifications]);
  return { permission: useObservable(notifications), request: notifications.request };
}
