import {
  createPushRegistration,
  onPushOpened,
  type PushPayload,
  type PushRegistration,
  type PushRegistrationOptions,
  type PushState,
} from "@tidings/core/push";
import { useEffect, useRef, useState } from "react";
import { useObservable } from "./use-observable.ts";

export interface UsePushSubscriptionOptions extends PushRegistrationOptions {
  /** The person has followed a notification that the worker has shown: show that message. */
  readonly onOpen?: (payload: PushPayload) => void;
}

export interface UsePushSubscription extends Pick<PushRegistration, "enable" | "disable"> {
  /** `on`: messages reach this device while the app is closed. */
  readonly state: PushState;
}

/**
 * Pushes to this device, for a switch that turns them on and off. Tells the backend once more what the browser has when it
 * first comes on screen.
 *
 * @param options - of the first render count, but for `onOpen`.
 */
export function usePushSubscription(options: UsePushSubscriptionOptions): UsePushSubscription {
  const [registration] = useState(() => createPushRegistration(options));
  const latest = useRef(options.onOpen);
  useEffect(() => {
    latest.current = options.onOpen;
  });
  useEffect(() => onPushOpened((payload) => latest.current?.(payload)), []);
  useEffect(() => void registration.renew(), [registration]);
  const { enable, disable } = registration;
  return { state: useObservable(registration), enable, disable };
}
