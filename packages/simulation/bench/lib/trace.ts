/** What matters to a person, read from Chromium's trace of a page that was opened. */
export interface Paints {
  /** First and largest contentful paint, from the start of the navigation. */
  readonly firstMs: number;
  readonly largestMs: number;
  /** Total blocking time: of each task of the main thread after the first paint, what is above 50 ms. */
  readonly blockedMs: number;
  readonly longestTaskMs: number;
}

interface TraceEvent {
  readonly name: string;
  /** The phase: `b` begins something. */
  readonly ph: string;
  /** µs. */
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
}

const BLOCKING_MS = 50;

/** @throws {Error} if no page was opened and painted in it */
export function paintsOf(trace: string): Paints {
  const { traceEvents }: { readonly traceEvents: readonly TraceEvent[] } = JSON.parse(trace);
  const all = (name: string): readonly TraceEvent[] => traceEvents.filter((event) => event.name === name);
  const first = all("firstContentfulPaint").at(-1);
  const largest = all("largestContentfulPaint::Candidate").at(-1);
  if (!first || !largest) throw new Error("unable to read the trace; nothing was painted");
  const isMain = ({ pid, tid }: TraceEvent): boolean => pid === first.pid && tid === first.tid;
  // As the browser's own process saw it: that of the page may begin to record later.
  const start = all("PageLoadMetrics.NavigationToFirstContentfulPaint").find(({ ph }) => ph === "b");
  if (!start) throw new Error("unable to read the trace; no page was opened");
  const since = ({ ts }: TraceEvent): number => (ts - start.ts) / 1_000;
  const tasksMs = all("RunTask")
    .filter((event) => isMain(event) && event.ts >= start.ts)
    .map((event) => ({ endMs: since(event) + (event.dur ?? 0) / 1_000, tookMs: (event.dur ?? 0) / 1_000 }));
  const blocking = tasksMs.filter(({ endMs }) => endMs > since(first));
  return {
    firstMs: since(first),
    largestMs: since(largest),
    blockedMs: blocking.reduce((sum, { tookMs }) => sum + Math.max(0, tookMs - BLOCKING_MS), 0),
    longestTaskMs: Math.max(0, ...tasksMs.map(({ tookMs }) => tookMs)),
  };
}
