import { type Clock, wakefulClock } from "../base/clock.ts";
import { MessagingError } from "../errors/messaging-error.ts";

/** Of the test runner: those of vitest, jest, mocha and `node:test` fit. */
export interface TestRunner {
  readonly describe: (title: string, body: () => void) => unknown;
  readonly it: (title: string, body: () => Promise<void>) => unknown;
}

/** One sentence of a contract, `[T3] …`, and how to hold somebody to it. */
export interface Law<Bench> {
  readonly title: string;
  /** Throws what is wrong. */
  readonly check: (bench: Bench) => Promise<void>;
}

export interface LawGroup<Bench> {
  readonly title: string;
  readonly laws: readonly Law<Bench>[];
}

export interface KitOptions<Bench> extends TestRunner {
  readonly title: string;
  readonly groups: readonly LawGroup<Bench>[];
  /** Makes what one law is checked on. */
  readonly open: () => Promise<Bench>;
  readonly close: (bench: Bench) => Promise<void>;
  /** Given the report, as a table in Markdown, once every law has been checked. Prints it if absent. */
  readonly report: ((table: string) => void) | undefined;
}

export function law<Bench>(title: string, check: (bench: Bench) => Promise<void>): Law<Bench> {
  return { title, check };
}

/** Registers a test for each law, and reports when the last has run. */
export function runKit<Bench>(options: KitOptions<Bench>): void {
  const { describe, it, title, groups, open, close, report = print } = options;
  const results = new Map<string, string>();
  const total = groups.reduce((sum, { laws }) => sum + laws.length, 0);
  const note = (law: string, result: string): void => {
    results.set(law, result);
    if (results.size === total) report(tableOf(title, results));
  };
  describe(title, () => {
    for (const group of groups) {
      describe(group.title, () => {
        for (const { title: law, check } of group.laws) {
          it(law, async () => {
            try {
              const bench = await open();
              try {
                await check(bench);
              } finally {
                await close(bench);
              }
              note(law, "yes");
            } catch (error) {
              note(law, `**no**: ${reasonOf(error)}`);
              throw error;
            }
          });
        }
      });
    }
  });
}

function tableOf(title: string, results: ReadonlyMap<string, string>): string {
  const kept = [...results.values()].filter((result) => result === "yes").length;
  const rows = [...results].map(([law, result]) => {
    const [, id = "", text = law] = /^\[(.+?)\] (.*)$/.exec(law) ?? [];
    return `| ${id} | ${cell(text)} | ${cell(result)} |`;
  });
  return [
    `${title}: ${kept} of ${results.size}`,
    "",
    "| law | what | kept |",
    "| --- | ---- | ---- |",
    ...rows,
  ].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function print(table: string): void {
  console.log(`\n${table}\n`); // oxlint-disable-line no-console -- a kit reports to whoever runs it
}

/** Fails with a sentence that says what should be. */
export function expectThat(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** As JSON tells them apart, whatever the order of keys. */
export function expectSame(actual: unknown, wanted: unknown, what: string): void {
  const [found, expected] = [textOf(actual), textOf(wanted)];
  if (found !== expected) throw new Error(`${what} should be ${expected}; it is ${found}`);
}

function textOf(value: unknown): string {
  const sorted = (_: string, part: unknown): unknown =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part;
  return JSON.stringify(value, sorted) ?? "undefined";
}

/** What waits for others to do something. They are real, and so is the clock. */
export interface Waiting {
  /** Resolves once `holds`; fails with `what`, which says what should be, when patience is over. */
  until(holds: () => boolean | Promise<boolean>, what: string): Promise<void>;
  /** The value of a promise that must settle; fails with `what` when patience is over. */
  settled<T>(promise: Promise<T>, what: string): Promise<T>;
  /** The error of a promise that must reject, and soon. */
  refused(promise: Promise<unknown>, what: string): Promise<MessagingError>;
  /** Waits for what should not happen. */
  quiet(): Promise<void>;
}

/** How long to wait for what should not come. Whatever is on its way over a loopback has arrived by then. */
const QUIET_MS = 60;
const POLL_MS = 5;

/** @param patienceMs - how long the other side may take for anything. */
export function createWaiting(patienceMs: number, clock: Clock = wakefulClock): Waiting {
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));

  const settled = <T>(promise: Promise<T>, what: string): Promise<T> =>
    new Promise((resolve, reject) => {
      const cancel = clock.after(patienceMs, () => reject(new Error(`${what}, within ${patienceMs} ms`)));
      promise.then(resolve, reject).finally(cancel);
    });

  return {
    settled,
    quiet: () => sleep(QUIET_MS),
    async until(holds, what) {
      for (let waitedMs = 0; !(await holds()); waitedMs += POLL_MS) {
        if (waitedMs > patienceMs) throw new Error(`${what}, within ${patienceMs} ms`);
        await sleep(POLL_MS);
      }
    },
    async refused(promise, what) {
      const found = await settled(
        promise.then(
          () => undefined,
          (error: unknown) => ({ error }),
        ),
        what,
      );
      expectThat(found !== undefined, `${what}; it was accepted`);
      expectThat(
        found.error instanceof MessagingError,
        `${what}, with a MessagingError; it is ${String(found.error)}`,
      );
      return found.error;
    },
  };
}
