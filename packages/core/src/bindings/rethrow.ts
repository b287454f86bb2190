/** For what nobody here can handle: it reaches the page's own handler of uncaught errors, and stops nothing on its way. */
export function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
