import {
  createVoiceRecorder,
  type VoiceOptions,
  type VoiceRecorder,
  type VoiceState,
} from "@tidings/core/media";
import { useEffect, useMemo, useState } from "react";
import { useObservable } from "./use-observable.ts";

export interface UseVoiceRecorder extends VoiceState, Omit<VoiceRecorder, "get" | "subscribe"> {}

/**
 * Records what somebody says; `stop` gives what `uploads.add` takes. What is being recorded ends with the component.
 *
 * @param options - of the first render count.
 */
export function useVoiceRecorder(options?: VoiceOptions): UseVoiceRecorder {
  const [recorder] = useState(() => createVoiceRecorder(options));
  const state = useObservable(recorder);
  useEffect(() => recorder.cancel, [recorder]);
  return useMemo(() => {
    const { get: _get, subscribe: _subscribe, ...actions } = recorder;
    return { ...state, ...actions };
  }, [recorder, state]);
}
