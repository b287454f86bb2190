import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, it } from "vitest";
import { join, message } from "../support/raw-client.ts";
import { start, unhurried } from "../support/start.ts";

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

describe("traces", () => {
  afterEach(() => exporter.reset());

  it("follow a command from its arrival over its commit to its delivery", async () => {
    const server = await start({ tracer: provider.getTracer("test"), policy: unhurried });
    const [ada, bob] = [await join(server, "ada"), await join(server, "bob")];
    exporter.reset();
    const sent = ada.frame(message("general", "what nobody but the members may read"));
    ada.send(sent);
    await ada.answer(sent.id);
    await bob.find("change", ({ change }) => change.record.type === "message");
    ada.send({ ...sent, id: 1_000 });
    await ada.answer(1_000);
    await ada.refused(message("nowhere", "x"));

    const spans = exporter.getFinishedSpans();
    const [command, again, refused] = spans.filter(({ name }) => name === "tidings.command");
    expect(command?.attributes).toEqual({
      "tidings.command.type": "message.send",
      "tidings.command.id": sent.command.commandId,
      "tidings.conversation.id": "general",
      "tidings.outcome": "accepted",
    });
    expect(command?.spanContext().traceId).toBe(sent.command.commandId.replaceAll("-", ""));
    expect(again?.spanContext().traceId).toBe(command?.spanContext().traceId);
    expect(again?.attributes["tidings.outcome"]).toBe("repeated");
    expect(refused?.attributes["tidings.outcome"]).toBe("conversation/not-found");
    const children = spans.filter(
      ({ parentSpanContext }) => parentSpanContext?.spanId === command?.spanContext().spanId,
    );
    expect(children.map(({ name }) => name)).toEqual(["tidings.commit", "tidings.fan-out"]);
    expect(children[0]?.attributes).toEqual({ "tidings.commit.commands": 1 });
    expect(spans.filter(({ name }) => name === "tidings.fan-out")).toHaveLength(1);
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain("nobody");
  });
});
