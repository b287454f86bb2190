/** `@tidings/core/push`: pushes to browsers. One part is for the page, `servePushes` for its service worker. */
export type { PushPayload } from "../../protocol/push-payload.ts";
export type { NotificationText } from "../notification-text.ts";
export {
  type DeviceSubscription,
  httpPushDevices,
  type HttpPushDevicesOptions,
  type PushDevices,
} from "./devices.ts";
export { onPushOpened } from "./opened.ts";
export { type PushWord, readPushPayload } from "./push-message.ts";
export {
  createPushRegistration,
  type PushRegistration,
  type PushRegistrationOptions,
  type PushState,
} from "./subscription.ts";
export {
  servePushes,
  type ServePushesOptions,
  type PushWorkerEvent,
  type PushWorkerPage,
  type PushWorkerScope,
} from "./worker.ts";
