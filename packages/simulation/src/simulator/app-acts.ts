import type { ConversationSettings } from "@tidings/core/protocol";
import type { Random } from "@tidings/core";
import { anyOf, isLikely, pick } from "../chance.ts";
import type { Device } from "./device.ts";

/** Nobody may want less to be kept. */
const LEAST_KEPT_MS = 60_000;

/** What is done to the app itself. */
export function handle(
  device: Device,
  name: "disconnect" | "connect" | "close" | "giveUp",
  random: Random,
): void {
  const { client } = device;
  if (name === "disconnect") client?.disconnect();
  else if (name === "connect") void client?.connect().catch(() => {});
  else if (name === "close") void device.close();
  else giveUp(device, random);
}

/** Asked to sign in again, they do not. */
function giveUp(device: Device, random: Random): void {
  if (device.client?.connection.get().name !== "blocked") return;
  if (isLikely(random, 0.5)) device.client.disconnect();
  else void device.close();
}

/** What somebody wants to be kept of a conversation: the newest, what is not old, or all. */
export function settingsBy(random: Random): ConversationSettings {
  const kinds = [
    { maxMessages: 1 + anyOf(random, 8) },
    { maxAgeMs: LEAST_KEPT_MS + anyOf(random, 30_000) },
    undefined,
  ];
  const retention = pick(random, kinds);
  return { typing: true, receipts: true, ...(retention && { retention }) };
}
