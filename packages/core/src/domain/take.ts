import { asReason, entryOf } from "../errors/codes.ts";
import type { Command } from "../protocol/commands.ts";
import { apply } from "./apply.ts";
import { withOriginal } from "./forward.ts";
import { withSoundRanges } from "./ranges.ts";
import { unseenConcern } from "./report.ts";
import type { Applied, ApplyContext, Records } from "./types.ts";

/**
 * What a backend makes of a command: `apply`, once what is forwarded or reported was looked up and what leads nowhere was
 * taken out.
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
  const applied = apply(records, withSoundRanges(taken, records), context);
  // After `apply`, so that the words of somebody else's notebook are answered as ever.
  const code = applied.ok ? unseenConcern(recordsOf, taken, context) : undefined;
  if (!code) return applied;
  return { ok: false, code, message: `unable to tell moderators; ${asReason(entryOf(code).text)}` };
}
