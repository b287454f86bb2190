import type { PushPayload } from "@tidings/core/protocol";
import type { PushTarget } from "../store/push.ts";

/** What there is to tell one device. */
export interface PushMessage {
  readonly target: PushTarget;
  readonly payload: PushPayload;
  /** What was not delivered yet of the same topic is not worth it any more. Up to 32 characters of base64url. */
  readonly topic: string;
  /** `high`: the person waits for it, so that it may wake a device. */
  readonly urgency: "normal" | "high";
  /** After so long nobody wants to know. */
  readonly ttlMs: number;
}

export type PushOutcome =
  /** The service has taken it. */
  | { readonly kind: "sent" }
  /** There is no such device any more. */
  | { readonly kind: "gone" }
  /** It may be tried again, not before `afterMs`. */
  | { readonly kind: "later"; readonly afterMs?: number }
  /** Trying again would not help. */
  | { readonly kind: "refused"; readonly reason: string };

/** The port to whatever wakes devices: Web Push comes with the server, others are an adapter of some lines. */
export interface PushProvider {
  /** With what browsers subscribe: the VAPID public key, or empty where there is nothing of the kind. */
  readonly publicKey: string;
  /** May a device with this address be kept? The address was given by a client. */
  accepts(endpoint: string): boolean;
  /** What goes wrong is an outcome. */
  push(message: PushMessage): Promise<PushOutcome>;
  close?(): void;
}
