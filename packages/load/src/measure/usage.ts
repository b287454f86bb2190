import { readFile } from "node:fs/promises";
import { type Recalled, recalledIn } from "./recalled.ts";

/** What one server process has used so far. */
export interface Usage {
  readonly name: string;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  /** Absent: it does not say. */
  readonly recalled?: Recalled | undefined;
}

/** Of a process of this machine (Linux); undefined if it is gone. */
export async function usageOfProcess(name: string, pid: number): Promise<Usage | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [userTicks, systemTicks, pages] = [fields[11], fields[12], fields[21]].map(Number);
    if (userTicks === undefined || systemTicks === undefined || pages === undefined) return undefined;
    return { name, cpuSeconds: (userTicks + systemTicks) / TICKS, memoryBytes: pages * PAGE_BYTES };
  } catch {
    return undefined;
  }
}

/** What Linux counts in, on every machine Node runs on. */
const TICKS = 100;
const PAGE_BYTES = 4_096;

/** Of a server that answers at this address in the text format of Prometheus; undefined if it does not answer. */
export async function usageOfMetrics(url: string): Promise<Usage | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(900) });
    if (!response.ok) return undefined;
    const text = await response.text();
    const cpuSeconds = valueOf(text, "process_cpu_seconds_total");
    const memoryBytes = valueOf(text, "process_resident_memory_bytes");
    if (cpuSeconds === undefined || memoryBytes === undefined) return undefined;
    return { name: new URL(url).host, cpuSeconds, memoryBytes, recalled: recalledIn(text) };
  } catch {
    return undefined;
  }
}

function valueOf(text: string, metric: string): number | undefined {
  const [, value] = new RegExp(`^${metric}(?:\\{[^}]*\\})? (\\S+)`, "m").exec(text) ?? [];
  return value === undefined ? undefined : Number(value);
}
