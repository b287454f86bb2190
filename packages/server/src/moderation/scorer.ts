import type { ModeratedDraft, ModerationContext, Moderator, Verdict } from "./moderator.ts";
import { pass, soundScore } from "./moderator.ts";

export interface ScorerOptions {
  /** What a flag is called, as `"toxicity"`. */
  readonly name: string;
  /** How bad it is, from 0 to 1: a model of yours, or a service. `signal` ends when nobody waits for it any more. */
  readonly score: (
    draft: ModeratedDraft,
    context: ModerationContext,
    signal: AbortSignal,
  ) => number | Promise<number>;
  /** From this score on it is shown to moderators. Default 0.7. */
  readonly flagFrom?: number;
  /** From this score on it is refused. Default: nothing is. */
  readonly refuseFrom?: number;
  /** Default 2 s. */
  readonly timeoutMs?: number;
  /**
   * What happens to a message that could not be judged in time: it goes out (`"pass"`), it goes out and moderators see it
   * (`"flag"`), or it is refused (`"refuse"`). Default `"flag"`.
   */
  readonly whenItFails?: "pass" | "flag" | "refuse";
  /** Asked at once. Default 8. */
  readonly atOnce?: number;
  /** Wait for their turn, at most; beyond it is as if it had failed (D9). Default 256. */
  readonly mostWaiting?: number;
  /** Told of each failure. */
  readonly onFailure?: (error: unknown) => void;
}

/** A moderator that asks somebody else, who may be slow, or away. */
export function scorer(options: ScorerOptions): Moderator {
  const { name, flagFrom = 0.7, refuseFrom = Infinity, timeoutMs = 2_000, onFailure } = options;
  const turns = new Turns(options.atOnce ?? 8, options.mostWaiting ?? 256);
  return async (draft, context): Promise<Verdict> => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const score = soundScore(await turns.take(signal, async () => options.score(draft, context, signal)));
      if (score >= refuseFrom) return { type: "refuse", reason: name };
      return score >= flagFrom ? { type: "flag", reason: name, score } : pass;
    } catch (error) {
      onFailure?.(error);
      return failed(name, options.whenItFails ?? "flag");
    }
  };
}

function failed(name: string, policy: "pass" | "flag" | "refuse"): Verdict {
  if (policy === "pass") return pass;
  const reason = `${name}: not judged`;
  return policy === "flag" ? { type: "flag", reason, score: 0 } : { type: "refuse", reason };
}

/** Lets a few work at once, and a bounded number wait. */
class Turns {
  readonly #atOnce: number;
  readonly #mostWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number, mostWaiting: number) {
    this.#atOnce = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /** @throws what `work` throws, or when `signal` ends: whoever hangs keeps nobody waiting, and keeps no turn. */
  async take<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#atOnce) await this.#wait(signal);
    else this.#running += 1;
    try {
      signal.throwIfAborted();
      return await Promise.race([work(), aborted(signal)]);
    } finally {
      // A turn goes from hand to hand.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= this.#mostWaiting) throw new Error("unable to judge; too many wait");
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(
          signal.reason instanceof Error ? signal.reason : new Error("unable to judge; it took too long"),
        );
      };
      this.#waiting.push(turn);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("unable to judge; it took too long")), {
      once: true,
    });
  });
}
