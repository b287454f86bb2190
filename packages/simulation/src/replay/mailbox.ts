/** Answers of a recording, waiting to be asked for, and questions waiting for their answer; by key, each in order. */
export interface Mailbox {
  /** Settles when the answer is put in, or with one that was put in before. */
  take(key: string): Promise<unknown>;
  put(key: string, settle: Settle): void;
  /** Keys of answers that nobody asked for. */
  readonly unasked: readonly string[];
}

/** Gives one question its answer. */
export type Settle = (resolve: (value: unknown) => void, reject: (error: Error) => void) => void;

export function createMailbox(): Mailbox {
  const answers = new Map<string, Settle[]>();
  const questions = new Map<string, ((settle: Settle) => void)[]>();

  const listOf = <T>(lists: Map<string, T[]>, key: string): T[] => {
    const list = lists.get(key) ?? [];
    lists.set(key, list);
    return list;
  };

  return {
    take: (key) =>
      new Promise((resolve, reject) => {
        const settle = listOf(answers, key).shift();
        if (settle) settle(resolve, reject);
        else listOf(questions, key).push((found) => found(resolve, reject));
      }),
    put(key, settle) {
      const question = listOf(questions, key).shift();
      if (question) question(settle);
      else listOf(answers, key).push(settle);
    },
    get unasked() {
      return [...answers].flatMap(([key, left]) => left.map(() => key));
    },
  };
}
