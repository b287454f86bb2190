import type { Cancel, Clock, Random } from "@tidings/core";
import type { Connect } from "../gateway.ts";

/** Looks now and then whether there is a better way than the one in use. */
export interface Probes {
  /** Sockets that end, as if lost, once `probe` has found one. What it is given is aborted when they end before. */
  beside(connect: Connect, probe: (calledOff: AbortSignal) => Promise<boolean>): Connect;
}

export interface ProbesOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Until the first. It doubles with each in vain, also of later sockets, up to twentyfold, less up to a half by chance. */
  readonly probeMs: number;
}

const MOST_FOLD = 20;
const LOST = 1006;
const HAND_OVER = "WebSockets get through again";

export function createProbes({ clock, random, probeMs }: ProbesOptions): Probes {
  let inVain = 0;
  return {
    beside: (connect, probe) => (handler) => {
      const life = new AbortController();
      let cancel: Cancel = () => {};
      const stop = (): void => {
        cancel();
        life.abort();
      };
      const plan = (): void => {
        if (life.signal.aborted || probeMs === Infinity) return;
        const delayMs = probeMs * Math.min(MOST_FOLD, 2 ** inVain) * (1 - random.next() / 2);
        cancel = clock.after(delayMs, () => void look());
      };
      const look = async (): Promise<void> => {
        const isBetter = await probe(life.signal);
        if (life.signal.aborted) return;
        inVain = isBetter ? 0 : inVain + 1;
        if (!isBetter) return plan();
        stop();
        handler.closed(LOST, new Error(HAND_OVER));
      };
      const socket = connect({
        ...handler,
        closed(...why) {
          stop();
          handler.closed(...why);
        },
      });
      plan();
      return {
        get bufferedBytes() {
          return socket.bufferedBytes;
        },
        send: (text) => socket.send(text),
        close(closeCode) {
          stop();
          socket.close(closeCode);
        },
      };
    },
  };
}
