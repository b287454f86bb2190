/**
 * Calls a listener of the app. Whatever it throws, or the promise it returned is rejected with, is told and goes no
 * further (D10): an `async` listener passes for one that returns nothing, and a rejection nobody handles ends Node.
 */
export function guarded(call: () => unknown, onError: (error: unknown) => void): void {
  try {
    const result = call();
    if (result instanceof Promise) result.catch(onError);
  } catch (error) {
    onError(error);
  }
}
