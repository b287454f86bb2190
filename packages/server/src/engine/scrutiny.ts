import type { Command } from "@tidings/core/protocol";
import type { Moderation } from "../moderation/pipeline.ts";
import type { Judged, Refusal } from "../store/store.ts";
import type { Scrutinise, Scrutinised } from "./scrutinise.ts";
import type { Contacts } from "./contacts.ts";
import { type ConversationIds, idObstacle } from "./conversation-ids.ts";

export interface ScrutinyOptions {
  readonly contacts: Contacts;
  readonly moderation: Moderation;
  /** See `ServerOptions`. Default `"chosen"`. */
  readonly conversationIds?: ConversationIds | undefined;
}

const nothing: Scrutinised = Object.freeze({});

/**
 * Everything that is asked of a command before it is committed: how it calls what it begins, whom it reaches, then what
 * moderators say of it.
 */
export function scrutiny({ contacts, moderation, conversationIds = "chosen" }: ScrutinyOptions): Scrutinise {
  const judge = (actorId: string, command: Command): Scrutinised | Promise<Scrutinised> => {
    const judged = moderation.judge(actorId, command);
    return judged instanceof Promise ? judged.then(asJudged) : asJudged(judged);
  };
  return (actorId, command) => {
    const goOn = (refusal: Refusal | undefined): Scrutinised | Promise<Scrutinised> =>
      refusal ? { refusal } : judge(actorId, command);
    const obstacle = idObstacle(conversationIds, command) ?? contacts.obstacle(actorId, command);
    return obstacle instanceof Promise ? obstacle.then(goOn) : goOn(obstacle);
  };
}

function asJudged(judged: Judged | undefined): Scrutinised {
  return judged ? { judged } : nothing;
}
