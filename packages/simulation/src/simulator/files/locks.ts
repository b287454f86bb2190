import type { UploadLocks } from "@tidings/core/uploads";

/** Of one machine, while one process lives: what it held ends with it. */
export function createLocks(): UploadLocks {
  const queues = new Map<string, (() => void)[]>();
  return {
    hold: (name, signal) =>
      new Promise((resolve, reject) => {
        const queue = queues.get(name) ?? [];
        queues.set(name, queue);
        const enter = (): void => {
          signal.removeEventListener("abort", abort);
          if (signal.aborted) leave();
          else resolve(leave);
        };
        const leave = (): void => {
          const place = queue.indexOf(enter);
          if (place === -1) return;
          queue.splice(place, 1);
          if (place === 0) queue[0]?.();
        };
        const abort = (): void => {
          leave();
          reject(signal.reason);
        };
        signal.addEventListener("abort", abort, { once: true });
        queue.push(enter);
        if (queue.length === 1) enter();
      }),
  };
}
