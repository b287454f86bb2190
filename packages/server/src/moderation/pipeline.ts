import { createHash } from "node:crypto";
import { type Command, LONGEST_REASON } from "@tidings/core/protocol";
import { BoundedMap } from "../bounded-map.ts";
import type { Clock } from "../engine/clock.ts";
import type { Judged } from "../store/store.ts";
import { withMask } from "./mask.ts";
import {
  type ModeratedDraft,
  type ModerationContext,
  type Moderator,
  soundScore,
  type Verdict,
} from "./moderator.ts";
import { type Said, saidIn, type Saying, sayingOf } from "./saying.ts";

/** Verdicts remembered, so that what is sent again is not judged again: longer than a client waits for an answer. */
const MOST_REMEMBERED = 10_000;
/** Who has not answered by then never will. */
const LONGEST_MS = 30_000;

type Judgement = Judged | undefined;

/** Asks all moderators in their order, each about the text as the ones before have left it. */
export class Moderation {
  readonly #moderators: readonly Moderator[];
  readonly #clock: Clock;
  readonly #textLength: number;
  readonly #judged = new BoundedMap<string, { readonly judgement: Judgement | Promise<Judgement> }>(
    MOST_REMEMBERED,
  );

  /** @param textLength - what is longer is judged by nobody: it will not be taken. */
  constructor(moderators: readonly Moderator[], clock: Clock, textLength: number) {
    this.#moderators = moderators;
    this.#clock = clock;
    this.#textLength = textLength;
  }

  /** Undefined: there is nothing to say of it. A moderator that throws is a defect of it: see `scorer` for what may fail. */
  judge(actorId: string, command: Command): Judgement | Promise<Judgement> {
    const said = this.#moderators.length === 0 ? undefined : sayingOf(command);
    if (!said || (said[1].content?.text.length ?? 0) > this.#textLength) return undefined;
    const id = markOf(actorId, said[0]);
    const known = this.#judged.get(id);
    if (known) return known.judgement;
    const asked = this.#judge(actorId, ...said);
    const judgement = asked instanceof Promise ? this.#inTime(asked) : asked;
    this.#judged.set(id, { judgement });
    if (judgement instanceof Promise) judgement.catch(() => this.#judged.delete(id));
    return judgement;
  }

  #judge(actorId: string, command: Said, saying: Saying): Judgement | Promise<Judgement> {
    const { conversationId } = command;
    const context = {
      ...{ authorId: actorId, conversationId, at: this.#clock.now() },
      isEdit: command.type === "message.edit" || command.type === "conversation.update",
      ...messageOf(command),
    };
    return judgeFrom(this.#moderators, context, { command, saying, isMasked: false, flags: [] });
  }

  #inTime(judgement: Promise<Judgement>): Promise<Judgement> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.every(LONGEST_MS, () => {
        cancel();
        reject(new Error("unable to judge; a moderator does not answer"));
      });
      judgement.then(resolve, reject).finally(cancel);
    });
  }
}

/** The same only for the same words: a command that was refused for the moment may come again with others under its id. */
function markOf(actorId: string, command: Said): string {
  const { at: _at, ...said } = command;
  return createHash("sha256")
    .update(JSON.stringify([actorId, said]))
    .digest("base64");
}

interface State {
  readonly command: Said;
  readonly saying: Saying;
  readonly isMasked: boolean;
  readonly flags: NonNullable<Judged["flags"]>;
}

function messageOf(command: Said): Pick<ModerationContext, "messageId"> {
  if (command.type === "message.send") return { messageId: command.commandId };
  return command.type === "message.edit" ? { messageId: command.messageId } : {};
}

function draftOf({ command, saying }: State): ModeratedDraft {
  const { content, custom } = saying;
  const { attachments } = content ?? {};
  const { kind = "text", replyTo, threadId } = command.type === "message.send" ? command : {};
  return {
    kind: content ? kind : "conversation",
    text: saidIn(saying),
    ranges: content?.ranges ?? [],
    ...(custom && { custom }),
    ...(attachments && { attachments }),
    ...(replyTo !== undefined && { replyTo }),
    ...(threadId !== undefined && { threadId }),
  };
}

/** Those that answer at once are asked at once. */
function judgeFrom(
  [moderator, ...others]: readonly Moderator[],
  context: ModerationContext,
  state: State,
): Judgement | Promise<Judgement> {
  if (!moderator) return judged(state);
  const goOn = (verdict: Verdict): Judgement | Promise<Judgement> =>
    verdict.type === "refuse"
      ? { refused: verdict.reason }
      : judgeFrom(others, context, after(state, verdict));
  const verdict = moderator(draftOf(state), context);
  return verdict instanceof Promise ? verdict.then(goOn) : goOn(verdict);
}

function after(state: State, verdict: Exclude<Verdict, { readonly type: "refuse" }>): State {
  switch (verdict.type) {
    case "pass":
      return state;
    case "mask":
      return { ...state, saying: withMask(state.saying, verdict.ranges), isMasked: true };
    case "flag": {
      const flag = { reason: verdict.reason.slice(0, LONGEST_REASON), score: soundScore(verdict.score) };
      return { ...state, flags: [...state.flags, flag] };
    }
  }
}

function judged({ saying, isMasked, flags }: State): Judgement {
  if (!isMasked && flags.length === 0) return undefined;
  return { ...(isMasked && saying), ...(flags.length > 0 && { flags }) };
}
