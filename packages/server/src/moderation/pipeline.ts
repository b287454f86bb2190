import type { Command, MessageContent, MessageKind } from "@tidings/core/protocol";
import { BoundedMap } from "../bounded-map.ts";
import type { Judged } from "../store/store.ts";
import { withMask } from "./mask.ts";
import type { ModeratedDraft, ModerationContext, Moderator, Verdict } from "./moderator.ts";

/** Verdicts remembered, so that what is sent again is not judged again: longer than a client waits for an answer. */
const MOST_REMEMBERED = 10_000;

type Judgement = Judged | undefined;

/** Asks all moderators in their order, each about the text as the ones before have left it. */
export class Moderation {
  readonly #moderators: readonly Moderator[];
  readonly #now: () => number;
  readonly #judged = new BoundedMap<string, { readonly judgement: Judgement | Promise<Judgement> }>(
    MOST_REMEMBERED,
  );

  constructor(moderators: readonly Moderator[], now: () => number) {
    this.#moderators = moderators;
    this.#now = now;
  }

  /** Undefined: there is nothing to say of it. A moderator that throws is a defect of it: see `scorer` for what may fail. */
  judge(actorId: string, command: Command): Judgement | Promise<Judgement> {
    if (this.#moderators.length === 0 || !isSaid(command) || "sealed" in command.content) return undefined;
    const id = JSON.stringify([actorId, command.commandId]);
    const known = this.#judged.get(id);
    if (known) return known.judgement;
    const judgement = this.#judge(actorId, command, command.content);
    this.#judged.set(id, { judgement });
    if (judgement instanceof Promise) judgement.catch(() => this.#judged.delete(id));
    return judgement;
  }

  #judge(actorId: string, command: Said, content: Plain): Judgement | Promise<Judgement> {
    const isEdit = command.type === "message.edit";
    const { conversationId } = command;
    const context = { authorId: actorId, conversationId, at: this.#now(), isEdit };
    return judgeFrom(this.#moderators, context, {
      kind: isEdit ? "text" : command.kind,
      content,
      isMasked: false,
      flags: [],
    });
  }
}

type Said = Extract<Command, { readonly type: "message.send" | "message.edit" }>;
type Plain = Extract<MessageContent, { readonly text: string }>;

interface State {
  readonly kind: MessageKind;
  readonly content: Plain;
  readonly isMasked: boolean;
  readonly flags: NonNullable<Judged["flags"]>;
}

function isSaid(command: Command): command is Said {
  return command.type === "message.send" || command.type === "message.edit";
}

function draftOf({ kind, content: { text, ranges = [] } }: State): ModeratedDraft {
  return { kind, text, ranges };
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
      return { ...state, content: withMask(state.content, verdict.ranges), isMasked: true };
    case "flag":
      return { ...state, flags: [...state.flags, { reason: verdict.reason, score: verdict.score }] };
  }
}

function judged({ content, isMasked, flags }: State): Judgement {
  if (!isMasked && flags.length === 0) return undefined;
  return { ...(isMasked && { content }), ...(flags.length > 0 && { flags }) };
}
