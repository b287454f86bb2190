import { asReason, entryOf, type ErrorCode } from "../errors/codes.ts";
import type { Command } from "../protocol/commands.ts";
import { apply } from "./apply.ts";
import { withOriginal } from "./forward.ts";
import { withPlannedFiles } from "./plan.ts";
import { withSoundRanges } from "./ranges.ts";
import { unseenConcern } from "./report.ts";
import type { Applied, ApplyContext, Records, Rejection } from "./types.ts";

/**
 * What a backend makes of a command: `apply`, once what is forwarded or reported, and the files of what is planned, were
 * looked up, and what leads nowhere was taken out.
 *
 * @param recordsOf - those of any conversation, whether there is one of that id or not
 */
export function take(
  recordsOf: (conversationId: string) => Records,
  command: Command,
  context: ApplyContext,
): Applied {
  const taken = withOriginal(recordsOf, command, context);
  if ("ok" in taken) return taken;
  const records = recordsOf(taken.conversationId);
  const sound = withSoundRanges(taken, records);
  const applied = apply(records, sound, context);
  if (!applied.ok) return applied;
  // After `apply`, so that the words of somebody else's notebook are answered as ever.
  const code = unseenConcern(recordsOf, taken, context);
  if (code) return refused(code, "tell moderators");
  const whole = withPlannedFiles(recordsOf, sound, context);
  if (typeof whole === "string") return refused(whole, "plan the message");
  return whole === sound ? applied : apply(records, whole, context);
}

function refused(code: ErrorCode, what: string): Rejection {
  return { ok: false, code, message: `unable to ${what}; ${asReason(entryOf(code).text)}` };
}
