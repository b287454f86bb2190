import type { TabChannel, TabLocks, TabPage } from "../../src/tabs/platform.ts";

/** A browser with nothing but tabs: what one of them holds goes back when it is killed. */
export interface Browser {
  tab(): Tab;
  /** How many locks of this kind are held. */
  held(part: string): number;
}

export interface Tab {
  readonly locks: TabLocks;
  readonly channel: (name: string) => TabChannel;
  readonly page: TabPage;
  /** Ends it with no time for good-byes. */
  kill(): void;
  /** Its script runs no more, and yet it keeps its locks; until `wake`. */
  hang(): void;
  wake(): void;
  /** Shows another page; this one stands still in the back/forward cache until `goBack`. */
  goAway(): void;
  goBack(): void;
}

interface Claim {
  readonly owner: object;
  grant(): void;
  /** Taken away by who steals it. */
  rob(): void;
}

type Listener = Parameters<TabChannel["addEventListener"]>[1];

export function browser(): Browser {
  const queues = new Map<string, Claim[]>();
  const listeners = new Map<Listener, { readonly owner: object; readonly name: string }>();

  const remove = (name: string, claim: Claim): void => {
    const queue = queues.get(name) ?? [];
    const isHolder = queue[0] === claim;
    const rest = queue.filter((other) => other !== claim);
    queues.set(name, rest);
    if (isHolder) rest[0]?.grant();
  };

  const tab = (): Tab => {
    const owner = {};
    let isDead = false;
    let late: (() => void)[] | undefined;
    const soon = (work: () => void): void => {
      queueMicrotask(() => {
        if (isDead) return;
        if (late) late.push(work);
        else work();
      });
    };
    const locks: TabLocks = {
      request: (name, { signal, steal }, hold) =>
        new Promise((resolve, reject) => {
          const failed = (): void => reject(new DOMException("called off", "AbortError"));
          const claim: Claim = {
            owner,
            grant: () =>
              soon(() => {
                signal?.removeEventListener("abort", abort);
                hold()
                  .then(resolve, reject)
                  .finally(() => remove(name, claim));
              }),
            rob: () => soon(failed),
          };
          const abort = (): void => {
            remove(name, claim);
            failed();
          };
          if (signal?.aborted) return failed();
          signal?.addEventListener("abort", abort);
          const queue = queues.get(name) ?? [];
          if (steal) {
            queues.set(name, [claim, ...queue.slice(1)]);
            queue[0]?.rob();
          } else queues.set(name, [...queue, claim]);
          if (queues.get(name)?.[0] === claim) claim.grant();
        }),
      query: async () => ({
        held: [...queues].flatMap(([name, queue]) => (queue.length > 0 ? [{ name }] : [])),
      }),
    };
    const hang = (): void => void (late ??= []);
    const wake = (): void => {
      const missed = late ?? [];
      late = undefined;
      missed.forEach((work) => work());
    };
    const onPage = { pagehide: new Set<() => void>(), pageshow: new Set<() => void>() };
    return {
      locks,
      page: {
        addEventListener: (type, listener) => void onPage[type].add(listener),
        removeEventListener: (type, listener) => void onPage[type].delete(listener),
      },
      goAway() {
        for (const listener of onPage.pagehide) listener();
        hang();
      },
      goBack() {
        wake();
        for (const listener of onPage.pageshow) listener();
      },
      channel(name) {
        const mine: Listener[] = [];
        return {
          postMessage(message) {
            if (isDead) return;
            const data: unknown = structuredClone(message);
            for (const [listener, other] of listeners) {
              if (other.name === name && other.owner !== owner) listener({ data });
            }
          },
          addEventListener(_type, listener) {
            const heard: Listener = (event) => soon(() => listener(event));
            mine.push(heard);
            listeners.set(heard, { owner, name });
          },
          close: () => mine.forEach((listener) => listeners.delete(listener)),
        };
      },
      kill() {
        isDead = true;
        for (const [listener, other] of [...listeners]) if (other.owner === owner) listeners.delete(listener);
        for (const [name, queue] of [...queues]) {
          for (const claim of queue) if (claim.owner === owner) remove(name, claim);
        }
      },
      ...{ hang, wake },
    };
  };

  return {
    tab,
    held: (part) => [...queues].filter(([name, queue]) => name.includes(part) && queue.length > 0).length,
  };
}
