/** Which of several tabs shows what all of them hear. */
export interface PageTurn {
  /** Is it this one's turn? At once where that is known. */
  isMine(): boolean | Promise<boolean>;
  end(): void;
}

/**
 * The tab that the person looks at decides for all; where they look at none, the one that began first. Where there are
 * no Web Locks each tab decides for itself. A page that goes lets go: one that held a lock would be thrown away rather than
 * kept for when the person comes back to it.
 */
export function takePageTurns(name: string, isLookedAt: () => boolean): PageTurn {
  const { navigator, document }: Partial<typeof globalThis> = globalThis;
  const locks: LockManager | undefined = navigator?.locks;
  if (!locks || !document) return { isMine: () => true, end: () => {} };

  const looking = `${name}/looking`;
  let isFirst = false;
  const ended = new AbortController();
  const { signal } = ended;
  let first: AbortController | undefined;
  let away: AbortController | undefined;

  const come = (): void => {
    if (first) return;
    first = new AbortController();
    void held(locks, name, "exclusive", first.signal, () => (isFirst = true));
    follow();
  };
  const go = (): void => {
    isFirst = false;
    first?.abort();
    away?.abort();
    first = away = undefined;
  };
  const follow = (): void => {
    if (!first || isLookedAt() === (away !== undefined)) return;
    away?.abort();
    away = away ? undefined : new AbortController();
    if (away) void held(locks, looking, "shared", away.signal, () => {});
  };
  for (const type of ["focus", "blur"]) addEventListener(type, follow, { signal });
  document.addEventListener("visibilitychange", follow, { signal });
  addEventListener("pagehide", go, { signal });
  addEventListener("pageshow", come, { signal });
  come();

  return {
    isMine() {
      if (isLookedAt()) return true;
      return locks.query().then(
        ({ held: all = [] }) => isFirst && !all.some((lock) => lock.name === looking),
        () => isFirst,
      );
    },
    end() {
      ended.abort();
      go();
    },
  };
}

/** Holds a lock from when it is free until the signal says so. */
async function held(
  locks: LockManager,
  name: string,
  mode: LockMode,
  signal: AbortSignal,
  onHeld: () => void,
): Promise<void> {
  try {
    await locks.request(name, { mode, signal }, () => {
      onHeld();
      return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    });
  } catch {
    // Given up before it came to that.
  }
}
