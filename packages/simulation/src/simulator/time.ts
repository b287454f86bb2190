import { setImmediate as turn } from "node:timers/promises";
import type { Cancel } from "@tidings/core";

/** Simulated time: a queue of tasks, each at its moment, and nothing else that could happen. */
export interface Time {
  now(): number;
  /** Runs `task` once, `delayMs` from now; tasks of one moment run in the order they were given. */
  after(delayMs: number, task: () => void): Cancel;
  /** Lets `byMs` pass, all that falls into it happening on the way. */
  pass(byMs: number): Promise<void>;
  /** Tasks that ran so far. */
  readonly happened: number;
}

/** Something goes round and round without time passing (D9). */
export class EndlessLoop extends Error {}

interface Task {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  isOff: boolean;
}

/** More tasks in one moment than any honest program of ours has. */
const MOST_AT_ONCE = 5_000;

export function createTime(startMs: number): Time {
  const queue: Task[] = [];
  let nowMs = startMs;
  let given = 0;
  let happened = 0;
  let atOnce = 0;

  const runNext = async (untilMs: number): Promise<boolean> => {
    const task = queue[0];
    if (!task || task.atMs > untilMs) return false;
    pop(queue);
    if (task.isOff) return true;
    if (task.atMs > nowMs) atOnce = 0;
    nowMs = Math.max(nowMs, task.atMs);
    happened += 1;
    atOnce += 1;
    if (atOnce > MOST_AT_ONCE) throw new EndlessLoop(`${MOST_AT_ONCE} things happened in one millisecond`);
    task.run();
    await turn(); // every promise that can settle has settled
    return true;
  };

  return {
    now: () => nowMs,
    after(delayMs, run) {
      const task: Task = { atMs: nowMs + Math.ceil(Math.max(0, delayMs)), order: given++, run, isOff: false };
      push(queue, task);
      return () => void (task.isOff = true);
    },
    async pass(byMs) {
      const untilMs = nowMs + byMs;
      await turn();
      while (await runNext(untilMs));
      nowMs = untilMs;
    },
    get happened() {
      return happened;
    },
  };
}

/** A binary heap: the earliest first, and of those the one given first. */
function push(heap: Task[], task: Task): void {
  let index = heap.push(task) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(task, heap[parent])) break;
    swap(heap, index, parent);
    index = parent;
  }
}

function pop(heap: Task[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  heap[0] = last;
  for (let index = 0; ;) {
    let least = index;
    for (const child of [2 * index + 1, 2 * index + 2]) {
      const task = heap[child];
      if (task && isBefore(task, heap[least])) least = child;
    }
    if (least === index) return;
    swap(heap, index, least);
    index = least;
  }
}

function isBefore(one: Task, other: Task | undefined): boolean {
  return (
    other !== undefined && (one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order))
  );
}

function swap(heap: Task[], one: number, other: number): void {
  const [a, b] = [heap[one], heap[other]];
  if (!a || !b) return;
  heap[one] = b;
  heap[other] = a;
}
