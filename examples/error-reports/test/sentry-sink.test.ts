import { createClient, MessagingError } from "@tidings/core";
import { memoryTransport } from "@tidings/core/memory";
import { collectErrors } from "@tidings/core/observe";
import { expect, it } from "vitest";
import { sentrySink, type SentryLike } from "../sentry-sink.ts";

/** What Sentry's SDK makes of an exception: its chain of causes, outermost last, and every other field it has. */
interface SentEvent {
  readonly exception: { readonly values: readonly { readonly type: string; readonly value: string }[] };
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly level: string;
  readonly tags: object;
  readonly extra: object;
  readonly fingerprint: readonly string[];
}

function sentry(): SentryLike & { readonly sent: SentEvent[] } {
  const sent: SentEvent[] = [];
  return {
    sent,
    captureException(error, context) {
      const chain: Error[] = [];
      for (let each: unknown = error; each instanceof Error; each = each.cause) chain.unshift(each);
      const values = chain.map(({ name, message }) => ({ type: name, value: message }));
      sent.push({
        exception: { values },
        contexts: { [String(Object(error).name)]: { ...Object(error) } },
        ...context,
      });
      return "an event id";
    },
  };
}

it("reports each kind once at first, then together, under a fingerprint of its own", () => {
  const client = createClient({ transport: memoryTransport() });
  const there = sentry();
  const errors = collectErrors(client, { sink: sentrySink(there) });
  for (let count = 0; count < 5; count += 1) errors.add(new MessagingError("connection/failed"));
  errors.add(new MessagingError("storage/locked"));
  errors.close();
  expect(there.sent.map(({ level, fingerprint, extra }) => ({ level, fingerprint, extra }))).toMatchObject([
    { level: "info", fingerprint: ["tidings", "connection/failed"], extra: { count: 1 } },
    { level: "error", fingerprint: ["tidings", "storage/locked"], extra: { count: 1 } },
    { level: "info", fingerprint: ["tidings", "connection/failed"], extra: { count: 4 } },
  ]);
  expect(there.sent[1]).toMatchObject({
    exception: { values: [{ type: "MessagingError" }] },
    tags: { "tidings.code": "storage/locked", "tidings.category": "storage", "tidings.connection": "idle" },
  });
});

it("[D8] tells nothing of what people wrote", async () => {
  const secret = "meet me at the old harbour";
  const client = createClient({
    transport: memoryTransport(),
    compose: [
      {
        name: "broken",
        run({ text }) {
          throw new TypeError(`unable to read ${text}`);
        },
      },
    ],
  });
  const there = sentry();
  const errors = collectErrors(client, { sink: sentrySink(there) });
  await client.conversation("general").send(secret).catch(errors.add);
  expect(errors.get()[0]?.last.cause).toBeInstanceOf(TypeError); // so it would have been there to tell
  expect(there.sent).toHaveLength(1);
  expect(JSON.stringify(there.sent)).not.toContain("harbour");
  await client.close();
});
