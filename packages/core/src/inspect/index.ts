/** `@tidings/core/inspect`: a flight recorder of a client, what replays its recordings, and faults to inject by hand. */
export { createFaults, type Faults, type FaultSettings } from "./faults.ts";
export {
  createInspectedClient,
  giveCommand,
  type InspectedClient,
  type InspectOptions,
} from "./inspected-client.ts";
export { parseRecording } from "./parse-recording.ts";
export type { Recorder, RecorderOptions, RecorderStats } from "./recorder.ts";
export {
  type CallName,
  type Port,
  type Recorded,
  type RecordedEntry,
  type RecordedError,
  type RecordedMoment,
  type Recording,
  RECORDING_VERSION,
  type RecordingEnd,
  type RecordingHeader,
} from "./recording.ts";
export { type ClientState, type CommandState, type ConversationState, stateOf } from "./state.ts";
