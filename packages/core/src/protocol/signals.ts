import * as z from "zod/mini";
import { MOST_WATCHED } from "./bounds.ts";
import { id, list, type Schema } from "./schema.ts";

/** Signals are neither stored nor numbered, may be lost, and expire by clock. */
export type PresenceStatus = "online" | "away" | "offline";

/** What a client says. The newest `watch` replaces the one before and lists every conversation looked at. */
export type Signal =
  | { readonly type: "typing"; readonly conversationId: string; readonly active: boolean }
  | { readonly type: "presence"; readonly status: PresenceStatus }
  | { readonly type: "watch"; readonly conversationIds: readonly string[] };

/** What a client hears, of the conversations it watches. */
export type SignalEvent =
  | {
      readonly type: "typing";
      readonly conversationId: string;
      readonly userId: string;
      readonly active: boolean;
    }
  | { readonly type: "presence"; readonly userId: string; readonly status: PresenceStatus };

const presenceStatus = z.enum(["online", "away", "offline"]);

export const signal: Schema<Signal> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("typing"), conversationId: id, active: z.boolean() }),
  z.object({ type: z.literal("presence"), status: presenceStatus }),
  z.object({ type: z.literal("watch"), conversationIds: list(id, MOST_WATCHED) }),
]);

export const signalEvent: Schema<SignalEvent> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("typing"), conversationId: id, userId: id, active: z.boolean() }),
  z.object({ type: z.literal("presence"), userId: id, status: presenceStatus }),
]);
