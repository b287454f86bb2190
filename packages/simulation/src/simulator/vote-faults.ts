import type { Conversation } from "@tidings/core";
import type { Device } from "./device.ts";
import type { Ledger } from "./ledger.ts";
import type { People } from "./people.ts";

/**
 * One's own vote looks as it was counted. In an anonymous poll only the device that voted hears of it at once, the others
 * of that person when they next load the message; nobody's change could tell them and no one else. Nor does it hear of a vote
 * that it has given up, and says so, that was called off while nobody knew whether it had got there, or that went with its
 * power before the disk had it.
 */
export function* voteFaults(
  device: Device,
  room: Conversation,
  { ballots }: Ledger,
  people: Pick<People, "of">,
): Generator<string> {
  for (const item of room.timeline.get().items) {
    if (item.type !== "message" || item.pending || !item.message.tally) continue;
    const { content, id } = item.message;
    const { options = [], anonymous } = ("text" in content && content.poll) || {};
    const isCalledOff = people.of(ballots.last(id, device.userId) ?? "")?.isWithdrawn === true;
    if (anonymous && (isCalledOff || mayNotKnow(device, id))) continue;
    const choices = ballots.of(id).get(device.userId) ?? [];
    for (const option of options.keys())
      if (room.hasVoted(id, option) !== choices.includes(option))
        yield `it shows that one ${choices.includes(option) ? "did not vote" : "voted"} for ${option} of ${id}`;
  }
}

function mayNotKnow(device: Device, messageId: string): boolean {
  return device.isOneOfSeveral || device.disk.hasLostWrites || hasGivenUp(device, messageId);
}

function hasGivenUp({ client }: Device, messageId: string): boolean {
  const { entries = [] } = client?.outbox.get() ?? {};
  return entries.some(
    ({ command, status }) =>
      command.type === "poll.vote" && command.messageId === messageId && status === "failed",
  );
}
