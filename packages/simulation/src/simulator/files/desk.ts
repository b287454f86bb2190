import type { Random } from "@tidings/core";
import type { Limits } from "@tidings/core/protocol";
import type { FileTable } from "@tidings/server/store";
import { Files, type Scan, silentMeter } from "@tidings/server/testing";
import { clockOf } from "../engine-clock.ts";
import { SimulatedFault } from "../host-store.ts";
import type { Life } from "../life.ts";
import type { Time } from "../time.ts";
import type { Depot } from "./depot.ts";

/** What goes wrong with whoever looks through files, and with addresses. */
export interface DeskFaults {
  /** So many files cannot be looked through. */
  failedScans: number;
  /** So many are looked at without an end. */
  endlessScans: number;
  /** How long addresses for parts are good, ms. */
  ticketMs: number;
}

export interface DeskOptions {
  readonly time: Time;
  readonly random: Random;
  readonly table: FileTable;
  readonly depot: Depot;
  readonly faults: DeskFaults;
  readonly limits: Limits;
  /** Is every file looked through? */
  readonly isScanned: boolean;
  readonly onMishap: (name: string) => void;
  /** A failure that no fault of ours explains. */
  readonly onFailure: (error: unknown) => void;
}

/** Files that begin like this are malware, as far as anybody here knows. */
export const MALICE = "malice";
/** … and these are against the rules. */
export const INDECENCY = "indecency";

export const soundDesk = (): DeskFaults => ({ failedScans: 0, endlessScans: 0, ticketMs: 300_000 });

const HOUR_MS = 3_600_000;
const SCAN_TIMEOUT_MS = 20_000;
const LONGEST_SCAN_MS = 4_000;
const DOWNLOAD_MS = 600_000;
/** Little enough that somebody who adds many files meets it. */
const BYTES_PER_USER = 6_000_000;

/** The shipped desk, its quarantine, and its clean-up once an hour, for one process of the server. */
export function openDesk(life: Life, options: DeskOptions): Files {
  const { time, random, table, depot, faults, limits, isScanned, onMishap, onFailure } = options;
  const clock = clockOf(life, time);
  let isHung = false;

  const count = (name: "failedScans" | "endlessScans"): boolean => {
    if (faults[name] === 0) return false;
    faults[name] -= 1;
    onMishap(name === "failedScans" ? "scan failed" : "scan without end");
    return true;
  };

  const scan: Scan = async ({ bytes }) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    await new Promise<void>((done) => life.after(random.next() * LONGEST_SCAN_MS, done));
    if (count("failedScans")) throw new SimulatedFault("the scanner is not there");
    if (count("endlessScans")) {
      isHung = true;
      return new Promise(() => {});
    }
    const text = Buffer.concat(chunks).toString("latin1");
    if (text.startsWith(MALICE)) return "infected";
    return text.startsWith(INDECENCY) ? "refused" : "clean";
  };

  const failed = (error: unknown): void => {
    if (error instanceof SimulatedFault || (isHung && String(error).includes("takes too long"))) return;
    onFailure(error);
  };

  const desk = new Files({
    ...{ table, store: depot.connect(life), limits, clock, meter: silentMeter },
    ...{ bytesPerUser: BYTES_PER_USER, downloadMs: DOWNLOAD_MS },
    get uploadMs() {
      return faults.ticketMs;
    },
    ...{ scan: isScanned ? scan : undefined, scanTimeoutMs: SCAN_TIMEOUT_MS, isFailOpen: false },
    onFailure: failed,
  });
  clock.every(HOUR_MS, () => void desk.sweep().catch(failed));
  return desk;
}
