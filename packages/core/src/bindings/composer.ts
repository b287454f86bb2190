import { systemClock } from "../base/clock.ts";
import { createScope } from "../base/observable.ts";
import type { Conversation, Sent } from "../client/types.ts";
import type { CustomInputOf, CustomSchemas, JsonCustom } from "../compose/custom.ts";
import type { Draft } from "../compose/pipeline.ts";
import { isBlank } from "../compose/validate.ts";
import { type ErrorIssue, toMessagingError } from "../errors/messaging-error.ts";
import { intentOf } from "./composer-keys.ts";
import { messageIn, newestOwn, tagsThatBegin, textOf, whoBeginsWith } from "./composer-sources.ts";
import type { Composer, ComposerOptions, ComposerState, ComposerSubject } from "./composer-types.ts";
import { createCountdown } from "./countdown.ts";
import {
  completeMention,
  type MarkedText,
  mentionAt,
  moveRanges,
  type UnfinishedMention,
} from "./mentions.ts";
import { rethrow } from "./rethrow.ts";

/** What a composer knows beside the conversation's draft and rate. */
interface Own<Attachment> extends Pick<
  ComposerState<Attachment>,
  "about" | "attachments" | "suggestions" | "active" | "caret" | "error"
> {
  /** The text of an edit; that of a new message is the conversation's draft. */
  readonly edited: string;
  /** Mentions, with the text they were set in. */
  readonly marked: MarkedText;
  readonly mention: UnfinishedMention | undefined;
}

const EMPTY: Own<never> = {
  ...{ about: undefined, attachments: [], suggestions: [], active: 0, caret: undefined, error: undefined },
  ...{ edited: "", marked: { text: "", ranges: [] }, mention: undefined },
};

/** A composer for one input. Holds nothing once nobody is subscribed, so there is no need to close it. */
export function createComposer<Attachment = never, Schemas extends CustomSchemas = JsonCustom>(
  conversation: Conversation<Schemas>,
  options: ComposerOptions<Attachment, CustomInputOf<Schemas, "message">> = {},
): Composer<Attachment, CustomInputOf<Schemas, "message">> {
  const {
    clock = systemClock,
    suggest = whoBeginsWith(conversation),
    suggestTags = tagsThatBegin(conversation),
    suggestEmoji,
    draftOf = plainDraft,
    threadId,
  } = options;
  const { typing } = conversation;
  const sources = { "@": suggest, "#": suggestTags, ":": suggestEmoji };
  const scope = createScope(rethrow);
  const draft = threadId === undefined ? conversation.draft : scope.cell("");
  const own = scope.cell<Own<Attachment>>(EMPTY);
  const countdown = createCountdown(conversation.rate, clock);

  const set = (patch: Partial<Own<Attachment>>): void => own.set({ ...own.get(), ...patch });
  const isEditing = (): boolean => own.get().about?.type === "edit";
  const text = (): string => (isEditing() ? own.get().edited : draft.get());
  const marked = (): MarkedText => {
    const { ranges, text: before } = own.get().marked;
    return { text: text(), ranges: moveRanges(ranges, before, text()) };
  };
  const put = ({ text, ranges }: MarkedText, patch: Partial<Own<Attachment>>): void =>
    scope.batch(() => {
      if (!isEditing()) draft.set(text);
      set({ edited: text, marked: { text, ranges }, mention: undefined, suggestions: [], ...patch });
    });

  const view = createView(conversation.check, { own: own.get, marked, waitSeconds: countdown.get });

  /** What `suggest` answers after more was written is of no use. */
  const offer = async (mention: UnfinishedMention): Promise<void> => {
    const found = sources[mention.sign]?.(mention.query) ?? [];
    const suggestions = "then" in found ? await found.catch(() => []) : found;
    if (own.get().mention === mention) set({ suggestions, active: 0 });
  };

  const giveBack = (before: Own<Attachment>, lost: MarkedText, cause: unknown): void => {
    const error = toMessagingError(cause);
    const isEdit = before.about?.type === "edit";
    const isFree = !own.get().about && (isEdit || isBlank(draft.get()));
    if (!isFree) return set({ error });
    if (!isEdit) draft.set(lost.text);
    own.set({ ...before, marked: lost, suggestions: [], caret: lost.text.length, error });
  };

  const sendAs = async (
    giveTo: (
      about: ComposerSubject | undefined,
      said: Draft<CustomInputOf<Schemas, "message">>,
    ) => Promise<Sent>,
  ): Promise<Sent | undefined> => {
    if (!view().canSend) return undefined;
    const before = own.get();
    const lost = marked();
    scope.batch(() => {
      if (!isEditing()) draft.set("");
      own.set(EMPTY);
    });
    typing.stop();
    try {
      const given = draftOf({ ...lost, attachments: before.attachments });
      return await giveTo(before.about, { ...given, ...(threadId !== undefined && { threadId }) });
    } catch (error) {
      giveBack(before, lost, error);
      return undefined;
    }
  };

  const composer: Composer<Attachment, CustomInputOf<Schemas, "message">> = {
    get: view,
    subscribe(listener) {
      let told = view();
      const tell = (): void => {
        const next = view();
        if (next !== told) listener((told = next));
      };
      const ends = [own, draft, countdown].map((source) => source.subscribe(tell));
      return () => ends.forEach((end) => end());
    },
    write(next, caret = next.length) {
      const mention = mentionAt(next, caret);
      const ranges = moveRanges(marked().ranges, text(), next);
      put({ text: next, ranges }, { mention, caret: undefined, error: undefined });
      if (mention) void offer(mention);
      if (isBlank(next) || isEditing()) typing.stop();
      else typing.notify();
    },
    reply: (messageId) => set({ about: { type: "reply", messageId }, error: undefined }),
    edit(messageId) {
      const message = messageIn(conversation, messageId);
      if (!message) return;
      const content = textOf(message);
      const about = { type: "edit", messageId } as const;
      own.set({ ...EMPTY, about, edited: content.text, marked: content, caret: content.text.length });
    },
    cancel: () => own.set({ ...EMPTY, attachments: own.get().attachments }),
    attach: (attachment) =>
      set({ attachments: [...new Set([...own.get().attachments, attachment])], error: undefined }),
    detach: (attachment) => set({ attachments: own.get().attachments.filter((each) => each !== attachment) }),
    choose(suggestion = own.get().suggestions[own.get().active]) {
      const { mention } = own.get();
      if (!suggestion || !mention) return;
      const { caret, ...completed } = completeMention(marked(), mention, suggestion);
      put(completed, { caret });
    },
    send: () => sendAs((about, said) => give(conversation, about, said)),
    sendBy: async (giveTo) =>
      isEditing()
        ? undefined
        : sendAs((about, said) => giveTo({ ...said, ...(about && { replyTo: about.messageId }) })),
    press(event) {
      const { suggestions, active } = own.get();
      const turn = (by: number): void =>
        set({ active: (active + by + suggestions.length) % suggestions.length });
      const last = newestOwn(conversation, threadId);
      const acts = {
        send: () => void composer.send(),
        choose: () => composer.choose(),
        next: () => turn(1),
        previous: () => turn(-1),
        dismiss: () => set({ suggestions: [], mention: undefined }),
        cancel: composer.cancel,
        "edit-last": () => last && composer.edit(last.id),
      };
      const intent = intentOf(event, view());
      if (!intent || (intent === "edit-last" && !last)) return false;
      acts[intent]();
      return true;
    },
  };
  return composer;
}

interface Sources<Attachment> {
  readonly own: () => Own<Attachment>;
  readonly marked: () => MarkedText;
  readonly waitSeconds: () => number;
}

/** Reads a composer's state; the same object until what it is made of changes. */
function createView<Attachment>(
  check: (draft: Draft<never>) => readonly ErrorIssue[],
  sources: Sources<Attachment>,
): () => ComposerState<Attachment> {
  let seen: readonly unknown[] = [];
  let state: ComposerState<Attachment> | undefined;
  return () => {
    const own = sources.own();
    const waitSeconds = sources.waitSeconds();
    const { text, ranges } = sources.marked();
    const inputs = [own, text, waitSeconds];
    if (state && inputs.every((input, index) => input === seen[index])) return state;
    seen = inputs;
    const { about, attachments, suggestions, active, caret, error } = own;
    const issues = isBlank(text) ? [] : check({ text, ranges });
    const canSend = issues.length === 0 && (attachments.length > 0 || !isBlank(text));
    const shown = { about, attachments, suggestions, active, caret, error };
    return (state = { ...shown, text, issues, canSend, waitSeconds });
  };
}

function plainDraft({ text, ranges }: MarkedText): Draft<never> {
  return { text, ranges };
}

function give<Schemas extends CustomSchemas>(
  conversation: Conversation<Schemas>,
  about: ComposerSubject | undefined,
  draft: Draft<CustomInputOf<Schemas, "message">>,
): Promise<Sent> {
  if (about?.type === "edit") return conversation.edit(about.messageId, draft);
  return conversation.send(draft, about && { replyTo: about.messageId });
}
