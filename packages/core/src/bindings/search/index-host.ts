import type { Clock } from "../../base/clock.ts";
import type { MessageRecord } from "../../protocol/records.ts";
import { createWordIndex, type Sought, type WordIndex } from "./word-index.ts";

/** Where an index of words lives: in the page, or in a worker. */
export interface IndexHost extends Pick<WordIndex, "add" | "drop"> {
  find(sought: Sought): Promise<readonly MessageRecord[]>;
}

/** What a page asks of its worker. */
export type SearchTask =
  | { readonly type: "add"; readonly conversationId: string; readonly messages: readonly unknown[] }
  | { readonly type: "drop"; readonly conversationId: string }
  | { readonly type: "find"; readonly id: number; readonly sought: Sought };

export interface SearchResult {
  readonly id: number;
  readonly found: readonly MessageRecord[];
}

/** The part of a `Worker` that is needed. */
export interface SearchWorker {
  postMessage(task: SearchTask): void;
  addEventListener(type: "message", listener: (event: { readonly data: SearchResult }) => void): void;
  addEventListener(type: "error", listener: () => void): void;
}

/** Looking goes on in the next turn after so long, so that the page stays quick. */
const SLICE_MS = 4;

export function inPage(clock: Clock): IndexHost {
  const { add, drop, find } = createWordIndex();
  return {
    ...{ add, drop },
    find: (sought) =>
      new Promise((resolve) => {
        const steps = find(sought);
        const walkOn = (): void => {
          const until = clock.now() + SLICE_MS;
          for (let step = steps.next(); ; step = steps.next()) {
            if (step.done) return resolve(step.value);
            if (clock.now() < until) continue;
            clock.after(0, walkOn);
            return;
          }
        };
        walkOn();
      }),
  };
}

/** @param onBroken - it could not be loaded, or has ended: what it held is gone, and what it was asked finds nothing. */
export function inWorker(worker: SearchWorker, onBroken: () => void): IndexHost {
  const waiting = new Map<number, (found: readonly MessageRecord[]) => void>();
  let last = 0;
  worker.addEventListener("message", ({ data: { id, found } }) => {
    waiting.get(id)?.(found);
    waiting.delete(id);
  });
  worker.addEventListener("error", () => {
    onBroken();
    for (const tell of waiting.values()) tell([]);
    waiting.clear();
  });
  return {
    add: (conversationId, messages) => worker.postMessage({ type: "add", conversationId, messages }),
    drop: (conversationId) => worker.postMessage({ type: "drop", conversationId }),
    find: (sought) =>
      new Promise((resolve) => {
        const id = (last += 1);
        waiting.set(id, resolve);
        worker.postMessage({ type: "find", id, sought });
      }),
  };
}

/** What a worker answers. */
export function createServant(): (task: SearchTask) => SearchResult | undefined {
  const index = createWordIndex();
  return (task) => {
    switch (task.type) {
      case "add":
        index.add(task.conversationId, task.messages);
        return undefined;
      case "drop":
        index.drop(task.conversationId);
        return undefined;
      case "find": {
        const steps = index.find(task.sought);
        let step = steps.next();
        while (!step.done) step = steps.next();
        return { id: task.id, found: step.value };
      }
    }
  };
}
