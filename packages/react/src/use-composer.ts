import type { CustomInputOf } from "@tidings/core";
import {
  type Composer,
  type ComposerOptions,
  type ComposerState,
  createComposer,
} from "@tidings/core/bindings";
import {
  type ChangeEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { AppSchemas } from "./register.ts";
import { useConversation } from "./use-conversation.ts";
import { useObservable } from "./use-observable.ts";

type Input = HTMLTextAreaElement | HTMLInputElement;

/** React 18 complains of layout effects where there is no layout. */
const useCaretEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** What to spread onto the `<textarea>` or `<input>`. */
export interface ComposerInputProps {
  readonly value: string;
  readonly onChange: (event: ChangeEvent<Input>) => void;
  readonly onKeyDown: (event: KeyboardEvent<Input>) => void;
  readonly "aria-invalid": boolean;
}

/** A composer's state, what to do with it, and the props of its input. */
export interface UseComposer<Attachment = never>
  extends
    ComposerState<Attachment>,
    Omit<Composer<Attachment, CustomInputOf<AppSchemas, "message">>, "get" | "subscribe"> {
  /** For the input's `ref`: the caret follows where the composer itself changes the text. */
  readonly inputRef: RefObject<Input | null>;
  readonly inputProps: ComposerInputProps;
}

/**
 * Everything a message input does: draft, validation while typing, countdown, mentions, replies, edits, keys, typing.
 *
 * @param options - of the first render count, and of a change of conversation.
 */
export function useComposer<Attachment = never>(
  conversationId: string,
  options?: ComposerOptions<Attachment, CustomInputOf<AppSchemas, "message">>,
): UseComposer<Attachment> {
  const conversation = useConversation(conversationId);
  const [first] = useState(options);
  const composer = useMemo(() => createComposer(conversation, first), [conversation, first]);
  const state = useObservable(composer);
  const inputRef = useRef<Input | null>(null);
  const { text, caret, issues } = state;
  useCaretEffect(() => {
    if (caret !== undefined) inputRef.current?.setSelectionRange(caret, caret);
  }, [caret, text]);
  const handlers = useMemo(
    () => ({
      onChange: ({ target }: ChangeEvent<Input>) =>
        composer.write(target.value, target.selectionStart ?? target.value.length),
      onKeyDown: (event: KeyboardEvent<Input>) => {
        const { key, shiftKey, nativeEvent } = event;
        if (composer.press({ key, shiftKey, isComposing: nativeEvent.isComposing })) event.preventDefault();
      },
    }),
    [composer],
  );
  const inputProps = { value: text, "aria-invalid": issues.length > 0, ...handlers };
  const { get: _get, subscribe: _subscribe, ...actions } = composer;
  return { ...state, ...actions, inputRef, inputProps };
}
