/** The server's side of `child.ts`: tells the port, and answers questions about what it uses. */
export function announce(
  hello: { readonly port: number },
  more: () => Readonly<Record<string, number>> = () => ({}),
): void {
  process.on("message", () => {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    process.send?.({ rss: process.memoryUsage.rss(), cpuMs: (user + system) / 1_000, ...more() });
  });
  process.on("disconnect", () => process.exit());
  process.send?.(hello);
}
