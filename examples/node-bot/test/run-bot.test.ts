import { type Client, createClient } from "@tidings/core";
import { createMemoryBackend, memoryTransport } from "@tidings/core/memory";
import { seededRandom, virtualClock } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { answerTo } from "../answers.ts";
import { runBot } from "../run-bot.ts";

function world(): {
  clock: ReturnType<typeof virtualClock>;
  backend: ReturnType<typeof createMemoryBackend>;
  enter: (userId: string) => Promise<Client>;
} {
  const clock = virtualClock(1_000_000);
  const backend = createMemoryBackend({ clock, random: seededRandom(1) });
  let seed = 1;
  return {
    clock,
    backend,
    async enter(userId) {
      const random = seededRandom((seed += 1));
      const client = createClient({
        transport: memoryTransport({ backend, userId }),
        clock,
        random,
        logger: () => {},
      });
      await client.connect();
      await clock.settle();
      return client;
    },
  };
}

const said = (client: Client): unknown[] =>
  [...client.conversation("general").timeline.get().items].map((item) => Object(item).message.content.text);

describe("the loop of the bot", () => {
  it("answers what is asked after it came in, and nothing twice when it is started again", async () => {
    const { clock, enter } = world();
    const ada = await enter("ada");
    const room = ada.conversation("general");
    await room.send("echo before");
    await clock.advance(1_000);
    const bot = await enter("bot");
    const options = { client: bot, secret: "s", answerTo };
    const stop = runBot(options);
    await clock.advance(1_000);
    await room.send("echo one");
    await room.send("never mind");
    await clock.advance(1_000);
    stop();
    await room.send("echo two");
    await clock.advance(1_000);
    expect(said(ada)).toEqual(["echo before", "echo one", "one", "never mind", "echo two"]);
    runBot(options);
    await clock.advance(1_000);
    expect(said(ada).slice(4)).toEqual(["echo two", "two"]);
  });

  it("passes over a question whose answer is refused, and goes on", async () => {
    const { clock, backend, enter } = world();
    const [ada, bot] = [await enter("ada"), await enter("bot")];
    const errors: unknown[] = [];
    runBot({ client: bot, secret: "s", answerTo, onError: (error) => errors.push(error) });
    await clock.advance(1_000);
    bot.disconnect();
    await ada.conversation("general").send("echo refused");
    await ada.conversation("general").send("echo taken");
    await clock.settle();
    backend.faults.refuseNext("draft/refused");
    void bot.connect();
    await clock.advance(5_000);
    expect(said(ada)).toEqual(["echo refused", "echo taken", "taken"]);
    expect(errors).toEqual([expect.objectContaining({ code: "draft/refused" })]);
  });

  it("reads back as far as it has to: nothing is left out after a long absence", async () => {
    const { clock, enter } = world();
    const [ada, bot] = [await enter("ada"), await enter("bot")];
    bot.disconnect();
    for (let index = 0; index < 120; index += 1) await ada.conversation("general").send(`echo ${index}`);
    await clock.advance(120_000);
    runBot({ client: bot, secret: "s", answerTo });
    void bot.connect();
    await clock.advance(3_600_000);
    expect(said(ada).slice(120)).toEqual(Array.from({ length: 120 }, (_, index) => `${index}`));
  });
});
