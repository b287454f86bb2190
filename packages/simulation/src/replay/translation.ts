/** Which id of the replay stands for which of the recording: a few the client mints anew. */
export interface Translation {
  learn(recorded: string, replayed: string): void;
  toReplay<T>(value: T): T;
  toRecording<T>(value: T): T;
}

const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;

export function createTranslation(): Translation {
  const [there, back] = [new Map<string, string>(), new Map<string, string>()];
  /** A copy in any case: nobody is to change what the recording holds. */
  const translate = (value: unknown, ids: ReadonlyMap<string, string>): unknown => {
    if (value === undefined) return undefined;
    return JSON.parse(JSON.stringify(value).replaceAll(UUID, (id) => ids.get(id) ?? id));
  };
  function toReplay<T>(value: T): T;
  function toReplay(value: unknown): unknown {
    return translate(value, there);
  }
  function toRecording<T>(value: T): T;
  function toRecording(value: unknown): unknown {
    return translate(value, back);
  }
  return {
    toReplay,
    toRecording,
    learn(recorded, replayed) {
      there.set(recorded, replayed);
      back.set(replayed, recorded);
    },
  };
}
