import { setFlagsFromString } from "node:v8";

/**
 * Lets the heap of this process grow to twice what is alive before V8 looks through all of it, as Go does by default
 * (GOGC=100). Left to itself V8 lets a heap that grows slowly have about a fifth, so that under load a server of 40 MB is
 * looked through every other second: 30 ms, in which every message waits, and the slowest of a hundred is one of those.
 *
 * `tidings-server` calls this; an app with a server of ours inside may. How much heap there can be at most stays as it is.
 */
export function letHeapDouble(): void {
  setFlagsFromString("--heap-growing-percent=100");
}
