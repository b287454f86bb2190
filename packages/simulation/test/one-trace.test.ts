import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import type { Tracer } from "@opentelemetry/api";
import { createObservedClient, type ObservedClient } from "@tidings/core/observe";
import { openTelemetry } from "@tidings/core/otel";
import { createServer, issueToken } from "@tidings/server";
import { webSocketTransport } from "@tidings/transport-ws";
import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { until } from "../src/until.ts";

const SECRET = "traced-secret-of-32-bytes-or-even-more";

/** An OpenTelemetry SDK of its own, as each process has. */
function telemetry(): { readonly tracer: Tracer; readonly spans: () => ReadableSpan[] } {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return { tracer: provider.getTracer("test"), spans: () => exporter.getFinishedSpans() };
}

it("has one trace of a message: from one client's hand over server and database to another's screen", async () => {
  const [atAda, atServer, atBen] = [telemetry(), telemetry(), telemetry()];
  const server = await createServer({
    ...{ port: 0, secret: SECRET, tracer: atServer.tracer, policy: { rates: [] } },
  });
  const open = (userId: string, tracer: Tracer): ObservedClient =>
    createObservedClient(
      {
        transport: webSocketTransport({ url: `ws://127.0.0.1:${server.port}`, WebSocket }),
        auth: () => issueToken({ userId, secret: SECRET }),
        logger: () => {},
      },
      { observers: [openTelemetry({ tracer })] },
    );
  const [ada, ben] = [open("ada", atAda.tracer), open("ben", atBen.tracer)];
  try {
    await Promise.all([ada.connect(), ben.connect()]);
    ben.conversation("general");
    ben.on("message", ({ id }) => ben.told.displayed(id));
    const sent = await ada.conversation("general").send("hello");
    await sent.settled();
    const namesIn = (spans: readonly ReadableSpan[]): string[] =>
      spans
        .filter((span) => span.spanContext().traceId === sent.id.replaceAll("-", ""))
        .map(({ name }) => name)
        .sort();
    await until("ben has seen it", () => namesIn(atBen.spans()).length === 2);
    expect(namesIn(atAda.spans())).toEqual(["tidings.send", "tidings.submit"]);
    expect(namesIn(atServer.spans())).toEqual(["tidings.command", "tidings.commit", "tidings.fan-out"]);
    expect(namesIn(atBen.spans())).toEqual(["tidings.display", "tidings.receive"]);
    expect(ada.health.get()).toEqual({ level: "healthy", reasons: [] });
  } finally {
    await Promise.all([ada.close(), ben.close()]);
    await server.close();
  }
}, 30_000);
