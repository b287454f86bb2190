import type { Command } from "../protocol/commands.ts";

/**
 * The order of one speaker's commands on a link that others use, too (D7). After a refusal for now the link begins anew
 * with whatever was refused and is submitted again, by whomever; but this speaker may still be submitting what comes
 * behind its own refused command. So that goes no further until the speaker itself begins again.
 */
export interface RefusedLanes {
  admits(command: Command): boolean;
  refused(command: Command): void;
}

export function createRefusedLanes(): RefusedLanes {
  const refused = new Map<string, Set<string>>();

  const refuse = ({ type, conversationId, commandId }: Command): void => {
    if (type === "receipt.mark") return; // it commutes
    const lane = refused.get(conversationId) ?? new Set();
    refused.set(conversationId, lane.add(commandId));
  };

  return {
    refused: refuse,
    admits(command) {
      const lane = refused.get(command.conversationId);
      if (!lane || command.type === "receipt.mark") return true;
      if (lane.has(command.commandId)) return refused.delete(command.conversationId);
      refuse(command);
      return false;
    },
  };
}
