import { createNoopMeter, type Histogram, type Meter, type Counter } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { describe, expect, it } from "vitest";
import { type World, world } from "../../test/client/world.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { createObservedClient, type ObservedClient } from "./observed-client.ts";
import { openTelemetry, type OpenTelemetryOptions } from "./open-telemetry.ts";

/** One process: an SDK of its own, and a client. */
async function traced(
  { backend, clock }: World,
  userId: string,
  more: OpenTelemetryOptions = {},
): Promise<{ client: ObservedClient; spans: () => ReadableSpan[] }> {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const telemetry = openTelemetry({ tracer: provider.getTracer("test"), ...more });
  const client = createObservedClient(
    {
      ...{ transport: backend.transport(userId), clock, logger: () => {} },
      random: seededRandom(userId.length),
    },
    { observers: [telemetry] },
  );
  client.conversation("general");
  await client.connect();
  await clock.settle();
  exporter.reset();
  return { client, spans: () => exporter.getFinishedSpans() };
}

const msOf = ([seconds, nanos]: ReadableSpan["startTime"]): number => seconds * 1_000 + nanos / 1_000_000;

describe("openTelemetry", () => {
  it("follows a message from the hand that sends it to the eyes that read it, in one trace", async () => {
    const here = world();
    const [ada, ben] = [await traced(here, "ada"), await traced(here, "benedict")];
    ben.client.on("message", ({ id }) => ben.client.told.displayed(id));
    here.backend.faults.delay(25);
    const sent = await ada.client.conversation("general").send("what nobody but the members may read");
    await here.clock.advance(25);
    await here.clock.advance(25);

    const traceId = sent.id.replaceAll("-", "");
    const ofMessage = (spans: ReadableSpan[]): ReadableSpan[] =>
      spans.filter((span) => span.spanContext().traceId === traceId);
    const [submit, send, ...others] = ofMessage(ada.spans());
    expect([submit?.name, send?.name, others]).toEqual(["tidings.submit", "tidings.send", []]);
    expect(submit?.parentSpanContext?.spanId).toBe(send?.spanContext().spanId);
    expect(msOf(send?.duration ?? [0, 0])).toBe(25);
    expect(send?.attributes).toEqual({
      ...{ "tidings.command.type": "message.send", "tidings.command.id": sent.id },
      ...{ "tidings.conversation.id": "general", "tidings.outcome": "sent", "tidings.attempts": 1 },
    });
    const seen = ofMessage(ben.spans());
    expect(seen.map(({ name }) => name)).toEqual(["tidings.display", "tidings.receive"]);
    const all = [...ada.spans(), ...seen];
    expect(JSON.stringify(all.map(({ attributes, name }) => [name, attributes]))).not.toContain("nobody");
  });

  it("shows each attempt, and why a command failed", async () => {
    const here = world();
    const ada = await traced(here, "ada");
    here.backend.faults.refuseNext("server/unavailable");
    const room = ada.client.conversation("general");
    await room.send("again");
    await here.clock.advance(10_000);
    here.backend.faults.refuseNext("permission/muted");
    await room.send("never");
    await here.clock.settle();
    expect(
      ada
        .spans()
        .map(({ name, status, attributes }) => [name, status.code, attributes["tidings.error.code"]]),
    ).toEqual([
      ["tidings.submit", 2, "server/unavailable"],
      ["tidings.submit", 0, undefined],
      ["tidings.send", 0, undefined],
      ["tidings.submit", 2, "permission/muted"],
      ["tidings.send", 2, "permission/muted"],
    ]);
  });

  it("counts and measures by kind and code, with no label that names anybody (row I3)", async () => {
    const here = world();
    const recorded: (readonly [name: string, value: number, labels: unknown])[] = [];
    const instrument = (name: string): Histogram & Counter => {
      const take = (value: number, labels?: unknown): void => void recorded.push([name, value, labels]);
      return { record: take, add: take };
    };
    const meter: Meter = Object.assign(createNoopMeter(), {
      createHistogram: instrument,
      createCounter: instrument,
    });
    const ada = await traced(here, "ada", { meter });
    here.backend.faults.refuseNext("permission/muted");
    await ada.client.conversation("general").send("no");
    await here.clock.settle();
    const sent = await ada.client.conversation("general").send("yes");
    await here.clock.settle();
    ada.client.told.rendered(7);
    here.backend.faults.cut();
    await here.clock.settle();
    expect(recorded).toEqual(
      expect.arrayContaining([
        ["tidings.client.links", 1, { outcome: "opened" }],
        ["tidings.client.answer", 0, { type: "message.send", outcome: "permission/muted" }],
        ["tidings.client.answer", 0, { type: "message.send", outcome: "accepted" }],
        ["tidings.client.accepted", 0, { type: "message.send" }],
        ["tidings.client.rendered", 7, undefined],
        ["tidings.client.links", 1, { outcome: "closed" }],
      ]),
    );
    const labels = JSON.stringify(recorded);
    for (const name of [sent.id, "general", "ada"]) expect(labels).not.toContain(name);
  });
});
