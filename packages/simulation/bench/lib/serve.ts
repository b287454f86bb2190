/** The server's side of `child.ts`: tells the port, and answers questions about memory. */
export function announce(hello: { readonly port: number }): void {
  process.on("message", () => {
    globalThis.gc?.();
    process.send?.({ rss: process.memoryUsage.rss() });
  });
  process.on("disconnect", () => process.exit());
  process.send?.(hello);
}
