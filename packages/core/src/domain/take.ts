import type { Command } from "../protocol/commands.ts";
import { apply } from "./apply.ts";
import { withOriginal } from "./forward.ts";
import { withSoundRanges } from "./ranges.ts";
import type { Applied, ApplyContext, Records } from "./types.ts";

/**
 * What a backend makes of a command: `apply`, once what is forwarded was looked up and what leads nowhere was taken out.
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
  return apply(records, withSoundRanges(taken, records), context);
}
