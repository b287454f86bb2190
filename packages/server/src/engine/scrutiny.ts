import type { Command } from "@tidings/core/protocol";
import type { Moderation } from "../moderation/pipeline.ts";
import type { Erasures } from "../store/erasures.ts";
import type { Judged, Refusal } from "../store/store.ts";
import type { Scrutinise, Scrutinised } from "./scrutinise.ts";
import type { Contacts } from "./contacts.ts";
import { type ConversationIds, idObstacle } from "./conversation-ids.ts";
import { isOutlived } from "./outlived.ts";
import { refuse } from "./packets.ts";

export interface ScrutinyOptions {
  readonly contacts: Contacts;
  readonly moderation: Moderation;
  readonly erasures: Erasures | undefined;
  /** See `ServerOptions`. Default `"chosen"`. */
  readonly conversationIds?: ConversationIds | undefined;
}

const nothing: Scrutinised = Object.freeze({});
const gone: Scrutinised = Object.freeze({
  refusal: refuse("auth/invalid", "unable to accept the command; whoever gave it was erased meanwhile"),
});

/**
 * Everything that is asked of a command before it is committed: how it calls what it begins, whom it reaches, then what
 * moderators say of it. While that took its time much may have happened: so it is asked again whom it reaches, and
 * whether there is still somebody whose command it is.
 */
export function scrutiny(options: ScrutinyOptions): Scrutinise {
  const { contacts, moderation, erasures, conversationIds = "chosen" } = options;
  const judge = (actorId: string, command: Command): Scrutinised | Promise<Scrutinised> => {
    const judged = moderation.judge(actorId, command);
    return judged instanceof Promise ? judged.then(asJudged) : asJudged(judged);
  };
  return (actorId, command, since) => {
    const goOn = (obstacle: Refusal | undefined): Scrutinised | Promise<Scrutinised> =>
      obstacle ? { obstacle } : judge(actorId, command);
    const again = async (found: Scrutinised): Promise<Scrutinised> => {
      if (found.obstacle) return found;
      const obstacle = await contacts.obstacle(actorId, command);
      if (isOutlived(since, await erasures?.of(actorId))) return gone;
      return obstacle ? { obstacle } : found;
    };
    const obstacle = idObstacle(conversationIds, command) ?? contacts.obstacle(actorId, command);
    const found = obstacle instanceof Promise ? obstacle.then(goOn) : goOn(obstacle);
    return found instanceof Promise ? found.then(again) : found;
  };
}

function asJudged(judged: Judged | undefined): Scrutinised {
  return judged ? { judged } : nothing;
}
