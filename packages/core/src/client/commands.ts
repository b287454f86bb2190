import type { Command } from "../protocol/commands.ts";

/** What tells commands apart and is filled in by the client. */
export type Filled = "commandId" | "conversationId" | "at";

/** A command as a façade gives it: the client adds the id, the conversation and the time. */
export type Intent = Command extends infer Each ? (Each extends Command ? Omit<Each, Filled> : never) : never;

/** Fills an intent in. */
export function commandOf(intent: Intent, conversationId: string, commandId: string, at: number): Command {
  return { ...intent, conversationId, commandId, at };
}
