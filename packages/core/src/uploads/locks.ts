/** Sees to it that of several tabs, or lives of one, only one works on a file at a time. */
export interface UploadLocks {
  /** Resolves once nobody else holds `name`, with how to let it go. Rejects when `signal` is aborted before that. */
  hold(name: string, signal: AbortSignal): Promise<() => void>;
}

/** The browser's: held until let go, or until the tab is gone, however it went. */
export function webLocks(locks: LockManager): UploadLocks {
  return {
    hold: (name, signal) =>
      new Promise((resolve, reject) => {
        const held = (): Promise<void> => new Promise((letGo) => resolve(letGo));
        locks.request(name, { signal }, held).catch(reject);
      }),
  };
}

/** The browser's where there are any: elsewhere two lives at once have two storages. */
export function platformLocks(): UploadLocks {
  const { navigator }: Partial<typeof globalThis> = globalThis;
  return navigator && "locks" in navigator ? webLocks(navigator.locks) : noLocks;
}

/** Where no two can have one storage. */
export const noLocks: UploadLocks = { hold: async () => () => {} };
