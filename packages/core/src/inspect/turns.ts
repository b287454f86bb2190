/**
 * Counts turns of the microtask queue. Two things that happen to a client at once meet it in another state than two of
 * which the second waits until the first has had all its effects: a recording has to tell them apart.
 */
export interface Turns {
  /** How many there were since the last `restart`; `undefined` if there were so many that all that could settle had. */
  read(): number | undefined;
  restart(): void;
}

/** Longer than the chains of promises from a port into the client and out again. */
const MOST = 64;

export function createTurns(): Turns {
  let count = 0;
  let isCounting = false;

  const run = async (): Promise<void> => {
    isCounting = true;
    while (count < MOST) {
      await Promise.resolve();
      count += 1;
    }
    isCounting = false;
  };

  void run();
  return {
    read: () => (count < MOST ? count : undefined),
    restart() {
      count = 0;
      if (!isCounting) void run();
    },
  };
}
