import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod/mini";
import { member, world, type World } from "../../test/client/world.ts";
import type { JsonObject } from "../base/json.ts";
import { createSearch } from "../bindings/search/create-search.ts";
import { createNotifications } from "../bindings/notifications.ts";
import { createComposer } from "../bindings/composer.ts";
import { dehydrate, hydrate } from "../bindings/snapshot.ts";
import { threadIn } from "../bindings/threads.ts";
import { placeStep, defaultSteps } from "../compose/steps.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { MessageRecord } from "../protocol/records.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { createClient } from "./create-client.ts";
import type { Client, ClientOptions, Conversation } from "./types.ts";

/** What is stored is not what is read: a day as text, a `Date` in the app; and a mood unless one is given. */
const schema = {
  message: z.object({
    day: z.pipe(
      z.string().check(z.regex(/^\d{4}-\d\d-\d\d$/, "A day is written 2026-11-29")),
      z.transform((text) => new Date(text)),
    ),
    mood: z._default(z.enum(["good", "bad"]), "good"),
  }),
  conversation: z.object({ topic: z.string() }),
};
type Schemas = typeof schema;

const typed = (
  { backend, clock }: World,
  userId: string,
  more: Partial<ClientOptions> = {},
): Client<Schemas> => {
  const transport = backend.transport(userId);
  return createClient({ ...more, transport, clock, random: seededRandom(7), schema });
};

async function typedMember(
  here: World,
  userId: string,
): Promise<{ client: Client<Schemas>; room: Conversation<Schemas>; errors: MessagingError[] }> {
  const client = typed(here, userId, { logger: () => {} });
  const errors: MessagingError[] = [];
  client.on("error", (error) => errors.push(error));
  const room = client.conversation("general");
  await client.connect();
  await here.clock.settle();
  return { client, room, errors };
}

const customs = (room: Conversation<Schemas>): unknown[] =>
  [...room.timeline.get().items].map((item) => item.type === "message" && item.message.custom);

const DAY = new Date("2026-11-29");

describe("custom data with a schema", () => {
  it("is sent and stored as the schema takes it, and read as it makes of it", async () => {
    const here = world();
    const { room, errors, client } = await typedMember(here, "ada");
    const [plain, asStored] = await member(here, "ben");
    const heard: unknown[] = [];
    client.on("message", ({ custom }) => heard.push(custom?.day));
    const sending = room.send({ text: "on Sunday", custom: { day: "2026-11-29" } });
    expect(customs(room)).toEqual([{ day: DAY, mood: "good" }]); // in the same tick
    await (await sending).settled();
    expect(customs(room)).toEqual([{ day: DAY, mood: "good" }]);
    await asStored.send({ text: "and Monday", custom: { day: "2026-11-30", mood: "bad" } });
    await here.clock.settle();
    const stored = [...asStored.timeline.get().items].map((item) => Object(item).message.custom);
    expect(stored).toEqual([{ day: "2026-11-29" }, { day: "2026-11-30", mood: "bad" }]);
    expect(heard).toEqual([new Date("2026-11-30")]);
    expect(client.conversations.get().map(({ lastMessage }) => lastMessage?.custom?.mood)).toEqual(["bad"]);
    expect(errors).toEqual([]);
    await plain.close();
  });

  it("that does not fit is refused with the schema's issues, and nothing is queued", async () => {
    const { room, client } = await typedMember(world(), "ada");
    const wrong = { text: "when?", custom: { day: "tomorrow", mood: "mixed" } };
    // @ts-expect-error there is no such mood
    await expect(room.send(wrong)).rejects.toMatchObject({
      code: "custom/invalid",
      message: expect.stringContaining("a day is written 2026-11-29"),
      issues: [
        { code: "custom/invalid", part: "custom", path: ["day"], message: "A day is written 2026-11-29" },
        { code: "custom/invalid", path: ["mood"] },
      ],
    });
    expect([client.outbox.get().waiting, saidIn(room)]).toEqual([0, []]);
    expect(room.check({ text: "when?", custom: { day: "tomorrow" } })).toMatchObject([{ path: ["day"] }]);
    expect(room.check({ text: "when?", custom: { day: "2026-11-29" } })).toEqual([]);
    const { id } = await room.send({ text: "on Sunday", custom: { day: "2026-11-29" } });
    await expect(room.edit(id, { text: "?", custom: { day: "" } })).rejects.toMatchObject({
      code: "custom/invalid",
    });
    await room.edit(id, "on a Sunday");
    expect(customs(room)).toEqual([{ day: DAY, mood: "good" }]);
  });

  it("is looked at after the compose steps, which may write it", async () => {
    const here = world();
    const stamp = { name: "stamp", run: (draft: object) => ({ text: "", ...draft, custom: { day: "?" } }) };
    const room = typed(here, "ada", {
      compose: placeStep(defaultSteps(), "after", "validate", stamp),
    }).conversation("general");
    await expect(room.send("hello")).rejects.toMatchObject({ code: "custom/invalid" });
  });

  it("[D10] that arrives and does not fit is left out, and told once per conversation", async () => {
    const here = world({ conversations: ["general", "other"].map((conversationId) => ({ conversationId })) });
    const { client, room, errors } = await typedMember(here, "ada");
    const [ben, plain] = await member(here, "ben");
    await plain.send({ text: "one", custom: { day: 1 } });
    await plain.send({ text: "two", custom: { secret: "x" } });
    await here.clock.settle();
    expect(customs(room)).toEqual([undefined, undefined]);
    expect(saidIn(room)).toEqual(["one", "two"]);
    expect(errors).toMatchObject([{ code: "custom/invalid", conversationId: "general" }]);

    await ben.conversation("other").send({ text: "three", custom: {} });
    await here.clock.settle();
    expect(errors).toMatchObject([{ conversationId: "general" }, { conversationId: "other" }]);
    await client.close();
  });

  it("[D10] is left out where a schema answers later or throws, and refused when it is sent", async () => {
    const here = world();
    const [, plain] = await member(here, "ben");
    await plain.send({ text: "one", custom: { a: 1 } });
    const cause = new Error("oops");
    const bad = {
      later: () => Promise.reject(cause),
      throwing: () => {
        throw cause;
      },
    };
    for (const [name, validate] of Object.entries(bad)) {
      const message: StandardSchemaV1<{ a: number }> = { "~standard": { version: 1, vendor: "x", validate } };
      const client = createClient({
        ...{
          transport: here.backend.transport(name),
          clock: here.clock,
          logger: () => {},
          schema: { message },
        },
      });
      const told: MessagingError[] = [];
      client.on("error", (error) => told.push(error));
      const room = client.conversation("general");
      await client.connect();
      await here.clock.settle();
      expect(room.timeline.get().items.at(0)).toMatchObject({ message: { content: { text: "one" } } });
      expect(room.timeline.get().items.at(0)).not.toHaveProperty("message.custom");
      await expect(room.send({ text: "two", custom: { a: 2 } })).rejects.toMatchObject({
        code: "custom/invalid",
      });
      await here.clock.settle();
      expect(told.map(({ code }) => code)).toEqual(["custom/invalid"]);
      expect(told[0]?.cause).toBe(name === "throwing" ? cause : undefined);
    }
  });

  it("keeps the same object for the same record, whatever its delivery", async () => {
    const here = world();
    const { room } = await typedMember(here, "ada");
    const { room: other } = await typedMember(here, "ben");
    const sent = await room.send({ text: "x", custom: { day: "2026-11-29" } });
    await sent.settled();
    const read = (): MessageRecord<unknown> | undefined => {
      const item = room.timeline.get().items.at(0);
      return item?.type === "message" ? item.message : undefined;
    };
    const before = read();
    other.markRead();
    await here.clock.advance(5_000);
    expect(room.timeline.get().items.at(0)).toMatchObject({ status: "read" });
    expect(read()).toBe(before);
  });

  it("is kept, forwarded and dehydrated as it was given", async () => {
    const here = world({ conversations: ["general", "other"].map((conversationId) => ({ conversationId })) });
    const storage = memoryStorage();
    const first = typed(here, "ada", { storage });
    const room = first.conversation("general");
    await first.connect();
    await here.clock.settle();
    const { id } = await room.send({ text: "x", custom: { day: "2026-11-29" } });
    await room.forward(id, "other");
    await here.clock.settle();
    const snapshot: unknown = JSON.parse(JSON.stringify(dehydrate(first)));
    await first.close();

    const again = typed(here, "ada", { storage });
    const shown = again.conversation("general");
    await again.connect();
    await here.clock.settle();
    expect(customs(shown)).toEqual([{ day: DAY, mood: "good" }]);
    expect(again.conversations.get().map(({ lastMessage }) => lastMessage?.custom?.day)).toEqual([DAY, DAY]);

    const hydrated = typed(here, "ada");
    hydrate(hydrated, snapshot);
    expect(customs(hydrated.conversation("general"))).toEqual([{ day: DAY, mood: "good" }]);
  });

  it("of conversations is refused and read in the same way", async () => {
    const here = world();
    const { client, errors } = await typedMember(here, "ada");
    const wrong = { kind: "group", custom: { topic: 1 } } as const;
    // @ts-expect-error a topic is text
    await expect(client.createConversation(wrong)).rejects.toMatchObject({
      code: "custom/invalid",
      issues: [{ path: ["topic"] }],
    });
    const room = await client.createConversation({ kind: "group", custom: { topic: "tides" } });
    expect(room.record.get()?.custom?.topic).toBe("tides");
    // @ts-expect-error a topic is text
    await expect(room.update({ custom: { topic: [] } })).rejects.toMatchObject({ code: "custom/invalid" });
    await room.update({ name: "Tides" });
    await here.clock.settle();
    expect(errors).toEqual([]);

    const plain = here.client("ada");
    await plain.connect();
    await here.clock.settle();
    await plain.conversation(room.id).update({ custom: { other: true } });
    await here.clock.settle();
    expect(room.record.get()).toMatchObject({ name: "Tides" });
    expect(room.record.get()).not.toHaveProperty("custom");
    expect(errors).toMatchObject([{ code: "custom/invalid", conversationId: room.id }]);
  });

  it("of a kind without a schema is any JSON", async () => {
    const here = world();
    const client = createClient({
      ...{ transport: here.backend.transport("ada"), clock: here.clock, schema: { message: schema.message } },
    });
    await client.connect();
    const room = await client.createConversation({ kind: "group", custom: { anything: [1] } });
    expect(room.record.get()?.custom?.["anything"]).toEqual([1]);
  });
});

describe("the types of custom data", () => {
  type Input = { day: string; mood?: "good" | "bad" | undefined };
  type Output = { day: Date; mood: "good" | "bad" };

  it("are those of the schema, wherever a client of one is", async () => {
    const client = createClient({ transport: world().backend.transport("ada"), schema });
    expectTypeOf(client).toEqualTypeOf<Client<Schemas>>();
    const room = client.conversation("general");
    type Draft = Exclude<Parameters<typeof room.send>[0], string>;
    expectTypeOf<NonNullable<Draft["custom"]>>().toEqualTypeOf<Input>();
    type Options = NonNullable<Parameters<typeof room.send>[1]>;
    expectTypeOf<NonNullable<Options["custom"]>>().toEqualTypeOf<Input>();
    const [item] = room.timeline.get().items;
    if (item?.type === "message") expectTypeOf(item.message.custom).toEqualTypeOf<Output | undefined>();
    const [shown] = room.timeline.window({ size: 1 }).get().items;
    if (shown?.type === "message") expectTypeOf(shown.message.custom).toEqualTypeOf<Output | undefined>();
    expectTypeOf(room.record.get()?.custom).toEqualTypeOf<{ topic: string } | undefined>();
    const [listed] = client.conversations.get();
    expectTypeOf(listed?.lastMessage?.custom).toEqualTypeOf<Output | undefined>();
    expectTypeOf(listed?.record?.custom).toEqualTypeOf<{ topic: string } | undefined>();
    client.on("message", ({ custom }) => expectTypeOf(custom).toEqualTypeOf<Output | undefined>());
    client.on("reaction.added", ({ message }) =>
      expectTypeOf(message.custom).toEqualTypeOf<Output | undefined>(),
    );
    client.on("conversation", ({ custom }) =>
      expectTypeOf(custom).toEqualTypeOf<{ topic: string } | undefined>(),
    );
  });

  it("go through what bindings stand on", () => {
    const client = createClient({ transport: world().backend.transport("ada"), schema });
    const room = client.conversation("general");
    const [found] = createSearch(client).get().items;
    expectTypeOf(found?.message.custom).toEqualTypeOf<Output | undefined>();
    const [reply] = threadIn(room.timeline.get(), "x");
    expectTypeOf(reply?.message.custom).toEqualTypeOf<Output | undefined>();
    createComposer(room, { draftOf: ({ text }) => ({ text, custom: { day: "2026-11-29" } }) });
    // @ts-expect-error a day is text
    createComposer(room, { draftOf: ({ text }) => ({ text, custom: { day: 1 } }) });
    createNotifications(client).start({
      onOpen: ({ custom }) => expectTypeOf(custom).toEqualTypeOf<Output | undefined>(),
    })();
  });

  it("are JSON without a schema", () => {
    const client = createClient({ transport: world().backend.transport("ada") });
    expectTypeOf(client).toEqualTypeOf<Client>();
    const [item] = client.conversation("general").timeline.get().items;
    if (item?.type === "message") expectTypeOf(item.message.custom).toEqualTypeOf<JsonObject | undefined>();
    expectTypeOf(client.conversation("general").record.get()?.custom).toEqualTypeOf<JsonObject | undefined>();
  });
});

function saidIn(room: Conversation<Schemas>): unknown[] {
  return [...room.timeline.get().items].map((item) => Object(item).message.content.text);
}
