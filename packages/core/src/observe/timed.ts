import type { Clock } from "../base/clock.ts";
import { type MessagingError, toMessagingError } from "../errors/messaging-error.ts";

/** Runs `work` and tells how long it took and why it failed, if it did. What it comes to is handed on as it is. */
export async function timed<T>(
  clock: Clock,
  work: () => Promise<T>,
  tell: (took: { readonly at: number; readonly tookMs: number }, error?: MessagingError, value?: T) => void,
): Promise<T> {
  const begunAt = clock.now();
  const took = (): { at: number; tookMs: number } => {
    const at = clock.now();
    return { at, tookMs: at - begunAt };
  };
  try {
    const value = await work();
    tell(took(), undefined, value);
    return value;
  } catch (error) {
    tell(took(), toMessagingError(error));
    throw error;
  }
}
