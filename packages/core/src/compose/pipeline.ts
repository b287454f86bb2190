import type { Clock } from "../base/clock.ts";
import type { JsonObject } from "../base/json.ts";
import { asReason, entryOf, type ErrorCode } from "../errors/codes.ts";
import { type ErrorIssue, MessagingError } from "../errors/messaging-error.ts";
import type { Attachment } from "../protocol/files.ts";
import type { Limits } from "../protocol/policy.ts";
import type { Poll } from "../protocol/polls.ts";
import type { MessageKind, TextRange } from "../protocol/records.ts";

/** What a person is about to say. @typeParam Custom - of `custom`; any JSON object unless the app has a schema. */
export interface Draft<Custom = JsonObject> {
  readonly text: string;
  /** Default `"text"`. */
  readonly kind?: MessageKind;
  readonly custom?: Custom;
  /** The message answered. */
  readonly replyTo?: string;
  /** The message whose thread this belongs to. */
  readonly threadId?: string;
  /** Links, mentions and hashtags in `text`. */
  readonly ranges?: readonly TextRange[];
  /** Of kind `poll`: what there is to choose from. */
  readonly poll?: Poll;
  /** Files: of uploads, or of a message. With one, no text is needed. */
  readonly attachments?: readonly Attachment[];
}

/** A draft may not be sent as it is. */
export interface Refusal {
  readonly ok: false;
  /** Of the first issue. */
  readonly code: ErrorCode;
  readonly issues: readonly ErrorIssue[];
  /** What a step threw, or why the run was called off. */
  readonly cause?: unknown;
}

/** The draft as it will be sent, or why it will not be. */
export type Composed = { readonly ok: true; readonly draft: Draft } | Refusal;

/** What a step may know beside the draft. */
export interface ComposeContext {
  readonly conversationId: string;
  readonly limits: Limits;
  /** It is only asked what stands against the draft, as `check` does: nothing is sent. */
  readonly isRehearsal?: boolean;
  /** Aborted when the answer no longer matters. */
  readonly signal: AbortSignal;
}

/** One station of a draft on its way to becoming a message. */
export interface ComposeStep {
  /** For placing other steps beside it. */
  readonly name: string;
  /** The draft, changed or not, or a refusal. A promise makes the whole run asynchronous; to throw is to refuse. */
  run(draft: Draft, context: ComposeContext): Draft | Refusal | Promise<Draft | Refusal>;
}

export interface ComposeOptions {
  readonly conversationId: string;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Calls an asynchronous run off: it ends as a refusal with the reason as its `cause`. */
  readonly signal?: AbortSignal;
  /** How long asynchronous steps may take together. Default 10 s. */
  readonly timeoutMs?: number;
}

export interface ComposePipeline {
  /** Synchronous when every step is, so that the message shows in the same tick. Never throws, never rejects. */
  run(draft: Draft, options: ComposeOptions): Composed | Promise<Composed>;
}

const TIMEOUT_MS = 10_000;

/** @param steps - run in this order; each sees what the one before made of the draft. */
export function composePipeline(steps: readonly ComposeStep[]): ComposePipeline {
  return {
    run(draft, options) {
      const { conversationId, limits, signal } = options;
      let made: AbortController | undefined;
      /** Made when a step asks for it, as it costs more than all of the usual ones together. */
      const abort = (): AbortController => (made ??= new AbortController());
      const context = {
        conversationId,
        limits,
        isRehearsal: signal?.aborted === true,
        get signal() {
          return abort().signal;
        },
      };
      const composed = runFrom(steps, draft, context);
      return "then" in composed ? settle(composed, abort(), options) : composed;
    },
  };
}

/** What is wrong, in the words of its code, and what would put it right. */
export function issueOf(code: ErrorCode, suggestion: string, part?: ErrorIssue["part"]): ErrorIssue {
  return { code, message: entryOf(code).text, suggestion, ...(part && { part }) };
}

/** A refusal for these issues, one at least. */
export function refuse(...issues: readonly ErrorIssue[]): Refusal {
  return { ok: false, code: issues[0]?.code ?? "draft/refused", issues };
}

/** A refusal as the error of what was to be done. */
export function errorOf(
  { code, issues, cause }: Refusal,
  todo: string,
  conversationId?: string,
): MessagingError {
  // What a step threw may hold what was written, so it stays the cause.
  const reasons = cause ? ["a compose step failed; see the cause"] : issues.map(inWords);
  const message = `unable to ${todo}; ${reasons.join("; ")}`;
  return new MessagingError(code, { message, issues, cause, conversationId });
}

function inWords({ message, limit, actual, path }: ErrorIssue): string {
  const where = path ? `${["custom", ...path].join(".")}: ` : "";
  return where + asReason(message) + (limit === undefined ? "" : ` (${actual}, at most ${limit})`);
}

function runFrom(
  [step, ...others]: readonly ComposeStep[],
  draft: Draft,
  context: ComposeContext,
): Composed | Promise<Composed> {
  if (!step) return { ok: true, draft };
  const go = (result: Draft | Refusal): Composed | Promise<Composed> =>
    "issues" in result ? result : runFrom(others, result, context);
  try {
    const result = step.run(draft, context);
    if (!("then" in result)) return go(result);
    return result.then((later) => (context.signal.aborted ? broken() : go(later))).catch(broken);
  } catch (cause) {
    return broken(cause);
  }
}

/** Ends an asynchronous run in time, whatever its steps do. */
function settle(
  composed: Promise<Composed>,
  abort: AbortController,
  { clock, signal, timeoutMs = TIMEOUT_MS }: ComposeOptions,
): Promise<Composed> {
  return new Promise((resolve) => {
    const end = (result: Composed): void => {
      cancel();
      signal?.removeEventListener("abort", callOff);
      abort.abort();
      resolve(result);
    };
    const callOff = (): void => end(broken(signal?.reason));
    const cancel = clock.after(timeoutMs, () => end(broken(new MessagingError("connection/timeout"))));
    signal?.addEventListener("abort", callOff);
    if (signal?.aborted) callOff();
    void composed.then(end);
  });
}

function broken(cause?: unknown): Refusal {
  return { ...refuse(issueOf("draft/refused", "Try again in a moment.")), cause };
}
