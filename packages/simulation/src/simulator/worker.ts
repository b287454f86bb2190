import { type BatchOrder, runBatch } from "./batch.ts";

/** Runs batches of seeds for whoever forked it, until that one goes. */
Error.stackTraceLimit = 0; // errors are made by the thousand, and each would walk the stack

process.on("disconnect", () => process.exit(0));
process.on("message", (order: BatchOrder & { readonly stopsAtFirst: boolean }) => {
  void runBatch(order, order.stopsAtFirst).then((result) => process.send?.(result));
});
