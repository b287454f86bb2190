import type { Command } from "../protocol/commands.ts";

/** What tells commands apart and is filled in by the client. */
export type Filled = "commandId" | "conversationId" | "at";

/** A command as a façade gives it: the client adds the id, the conversation and the time. */
export type Intent = Command extends infer Each ? (Each extends Command ? Omit<Each, Filled> : never) : never;

/** Fills an intent in, whatever else a caller put there. First, too: keys added behind a spread cost ten times as much. */
export function commandOf(intent: Intent, conversationId: string, commandId: string, at: number): Command {
  const own = { conversationId, commandId, at };
  return Object.assign({}, own, intent, own);
}
