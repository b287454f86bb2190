import { MessagingError } from "../../src/errors/messaging-error.ts";
import type { Transport } from "../../src/ports/transport.ts";
import { scriptedBackend } from "../../src/testing/scripted-backend.ts";
import type { TransportBench } from "../../src/testing/transport-bench.ts";

/** `memoryTransport` and its backend, in the hand of the kit. */
export async function memoryBench(): Promise<TransportBench> {
  const { memory, bench } = await scriptedBackend();
  const onTheWay = { isGarbling: false };
  return bench(losesAnswers(memory.transport(), onTheWay), {
    garbleNext: () => void (onTheWay.isGarbling = true),
  });
}

/** What a sound transport does with an answer nobody can read. */
function losesAnswers({ supports, open }: Transport, onTheWay: { isGarbling: boolean }): Transport {
  return {
    supports,
    async open(request, signal) {
      const link = await open(request, signal);
      return {
        ...link,
        async submit(command) {
          const ack = await link.submit(command);
          if (!onTheWay.isGarbling) return ack;
          onTheWay.isGarbling = false;
          link.close();
          throw new MessagingError("connection/lost");
        },
      };
    },
  };
}
