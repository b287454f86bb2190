import { createNoopMeter, trace } from "@opentelemetry/api";
import { type Client, type ClientOptions, createClient } from "@tidings/core";
import { createMemoryBackend } from "@tidings/core/memory";
import { createInspectedClient } from "@tidings/core/inspect";
import { createObservedClient } from "@tidings/core/observe";
import { openTelemetry } from "@tidings/core/otel";
import type { Table } from "./lib/table.ts";

const BATCH = 100;
const BATCHES = 40;
const WARM = 10;

/** In turns, so that what disturbs the machine disturbs all alike. */
export async function observe(): Promise<readonly Table[]> {
  const telemetry = openTelemetry({ tracer: trace.getTracer("bench"), meter: createNoopMeter() });
  const contenders: readonly { readonly name: string; readonly make: (options: ClientOptions) => Client }[] =
    [
      { name: "createClient", make: createClient },
      { name: "createClient, again", make: createClient },
      { name: "createObservedClient", make: (options) => createObservedClient(options) },
      {
        name: "… with OpenTelemetry's own no-op",
        make: (options) => createObservedClient(options, { observers: [telemetry] }),
      },
      { name: "createInspectedClient", make: (options) => createInspectedClient(options) },
    ];
  const runs = await Promise.all(
    contenders.map(async ({ name, make }) => ({
      name,
      send: await sender(make),
      micros: new Array<number>(),
    })),
  );
  for (let round = 0; round < WARM + BATCHES; round += 1) {
    for (const { send, micros } of runs) {
      const took = await send();
      if (round >= WARM) micros.push(took);
    }
  }
  return [
    {
      title: "Observed or not: a message sent, accepted and shown",
      note: `Backend in memory, batches of ${BATCH}, median of ${BATCHES}. Both rows of createClient are the same code.`,
      rows: runs.map(({ name, micros }) => ({ name, figures: { "µs each": median(micros) } })),
    },
  ];
}

async function sender(make: (options: ClientOptions) => Client): Promise<() => Promise<number>> {
  const backend = createMemoryBackend();
  const client = make({ transport: backend.transport("ada"), logger: () => {} });
  await client.connect();
  const room = client.conversation("general");
  return async () => {
    const begun = performance.now();
    const sent = await Promise.all(Array.from({ length: BATCH }, (_, index) => room.send(`m${index}`)));
    await Promise.all(sent.map((each) => each.settled()));
    return ((performance.now() - begun) * 1_000) / BATCH;
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0;
}
