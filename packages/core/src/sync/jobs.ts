import { backoffDelayMs, type BackoffPolicy } from "../base/backoff.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { type MessagingError, toMessagingError } from "../errors/messaging-error.ts";

/** Runs background work that must succeed in the end, and must not pile up. */
export interface Jobs {
  /**
   * Runs `job` soon. While one of this `key` waits or runs, asking again only makes it run once more afterwards. A
   * retryable failure is tried again with backoff, a final one is reported and dropped.
   */
  run(key: string, job: () => Promise<void>): void;
  /** Forgets everything that waits; what runs is not told, and its end is ignored. */
  stop(): void;
}

export interface JobsOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How many run at once. */
  readonly width: number;
  readonly onError: (key: string, error: MessagingError) => void;
}

interface Task {
  job: () => Promise<void>;
  isRunning: boolean;
  isAskedAgain: boolean;
  failures: number;
  retry: Cancel | undefined;
}

const backoff: BackoffPolicy = { baseMs: 500, maxMs: 30_000 };

export function createJobs(options: JobsOptions): Jobs {
  const { clock, random, width, onError } = options;
  let tasks = new Map<string, Task>();
  let running = 0;

  const pump = (): void => {
    for (const [key, task] of tasks) {
      if (running >= width) return;
      if (!task.isRunning && !task.retry) void start(key, task);
    }
  };

  const start = async (key: string, task: Task): Promise<void> => {
    const mine = tasks;
    running += 1;
    task.isRunning = true;
    task.isAskedAgain = false;
    const error = await outcomeOf(task.job);
    if (mine !== tasks) return; // stopped meanwhile
    running -= 1;
    task.isRunning = false;
    if (error?.retryable) later(task, error);
    else if (!task.isAskedAgain) tasks.delete(key);
    if (!error) task.failures = 0;
    else onError(key, error);
    pump();
  };

  const later = (task: Task, error: MessagingError): void => {
    task.failures += 1;
    const waitMs = backoffDelayMs(task.failures, backoff, random.next());
    task.retry = clock.after(Math.max(waitMs, error.retryAfterMs ?? 0), () => {
      task.retry = undefined;
      pump();
    });
  };

  return {
    run(key, job) {
      const task = tasks.get(key);
      if (task) {
        task.job = job;
        task.isAskedAgain = true;
        return;
      }
      tasks.set(key, { job, isRunning: false, isAskedAgain: false, failures: 0, retry: undefined });
      pump();
    },
    stop() {
      for (const task of tasks.values()) task.retry?.();
      tasks = new Map();
      running = 0;
    },
  };
}

async function outcomeOf(job: () => Promise<void>): Promise<MessagingError | undefined> {
  try {
    await job();
    return undefined;
  } catch (error) {
    return toMessagingError(error);
  }
}
