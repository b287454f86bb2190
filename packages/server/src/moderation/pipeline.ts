import { createHash } from "node:crypto";
import { type Command, LONGEST_REASON, type MessageKind } from "@tidings/core/protocol";
import { BoundedMap } from "../bounded-map.ts";
import type { Clock } from "../engine/clock.ts";
import type { Judged } from "../store/store.ts";
import { type Plain, saidIn, withMask } from "./mask.ts";
import {
  type ModeratedDraft,
  type ModerationContext,
  type Moderator,
  soundScore,
  type Verdict,
} from "./moderator.ts";

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
    if (this.#moderators.length === 0 || !isSaid(command) || "sealed" in command.content) return undefined;
    if (command.content.text.length > this.#textLength) return undefined;
    const id = markOf(actorId, command);
    const known = this.#judged.get(id);
    if (known) return known.judgement;
    const isForward = command.type === "message.send" && command.forward !== undefined;
    const asked = this.#judge(actorId, command, isForward ? { text: "" } : command.content);
    const judgement = asked instanceof Promise ? this.#inTime(asked) : asked;
    this.#judged.set(id, { judgement });
    if (judgement instanceof Promise) judgement.catch(() => this.#judged.delete(id));
    return judgement;
  }

  #judge(actorId: string, command: Said, content: Plain): Judgement | Promise<Judgement> {
    const isEdit = command.type === "message.edit";
    const { conversationId } = command;
    const context = { authorId: actorId, conversationId, at: this.#clock.now(), isEdit };
    return judgeFrom(this.#moderators, context, {
      kind: isEdit ? "text" : command.kind,
      content,
      isMasked: false,
      flags: [],
    });
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

type Said = Extract<Command, { readonly type: "message.send" | "message.edit" }>;

/** The same only for the same words: a command that was refused for the moment may come again with others under its id. */
function markOf(actorId: string, command: Said): string {
  const { at: _at, ...said } = command;
  return createHash("sha256")
    .update(JSON.stringify([actorId, said]))
    .digest("base64");
}

interface State {
  readonly kind: MessageKind;
  readonly content: Plain;
  readonly isMasked: boolean;
  readonly flags: NonNullable<Judged["flags"]>;
}

function isSaid(command: Command): command is Said {
  return command.type === "message.send" || command.type === "message.edit";
}

function draftOf({ kind, content }: State): ModeratedDraft {
  return { kind, text: saidIn(content), ranges: content.ranges ?? [] };
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
    case "flag": {
      const flag = { reason: verdict.reason.slice(0, LONGEST_REASON), score: soundScore(verdict.score) };
      return { ...state, flags: [...state.flags, flag] };
    }
  }
}

function judged({ content, isMasked, flags }: State): Judgement {
  if (!isMasked && flags.length === 0) return undefined;
  return { ...(isMasked && { content }), ...(flags.length > 0 && { flags }) };
}
