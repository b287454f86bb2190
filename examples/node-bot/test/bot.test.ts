import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@tidings/core";
import { issueToken } from "@tidings/server";
import { webSocketTransport } from "@tidings/transport-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { answerIdOf } from "../answer-id.ts";
import { answerTo } from "../answers.ts";
import { kill, says, start } from "./processes.ts";

const SECRET = "a-secret-of-the-server-of-32-bytes-or-more";

describe("what the bot says", () => {
  it.each([
    ["echo hello there", "hello there"],
    [" ECHO ", "(silence)"],
    ["roll", "4"],
    ["roll 2d6", "4 + 4 = 8"],
    ["roll d20", "11"],
    ["roll 101d6", `I cannot roll "101d6".`],
    ["roll 1d0", `I cannot roll "1d0".`],
    ["roll the ball", `I cannot roll "the ball".`],
    ["good morning", undefined],
    ["", undefined],
  ])("to %j is %j", (text, answer) => {
    expect(answerTo(text, () => 0.5)).toBe(answer);
  });

  it("to help names every word it knows", () => {
    expect(answerTo("help")).toMatch(/help.*echo.*roll/);
  });
});

describe("the id of an answer", () => {
  const question = "019b796d-d600-7abc-8000-000000000001";

  it("[D2] is a UUID of version 7, the same for the same question and secret, and another for any other", () => {
    const id = answerIdOf(question, "s");
    expect(id).toMatch(/^019b796d-d600-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(answerIdOf(question, "s")).toBe(id);
    expect(answerIdOf(question, "t")).not.toBe(id);
    expect(answerIdOf(question.replace("1", "2"), "s")).not.toBe(id);
  });
});

describe("the bot, killed again and again", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidings-bot-"));
  const server = start("test/serve.ts", [join(folder, "server.db"), SECRET]);
  let url = "";
  let ada: Client;

  beforeAll(async () => {
    const [port]: unknown[] = await once(server, "message");
    url = `ws://127.0.0.1:${Number(port)}`;
    ada = await enter("ada");
  }, 30_000);
  afterAll(async () => {
    await ada.close();
    await kill(server);
    rmSync(folder, { recursive: true, force: true });
  });

  const enter = async (userId: string): Promise<Client> => {
    const auth = await issueToken({ userId, secret: SECRET });
    const client = createClient({ transport: webSocketTransport({ url, WebSocket }), auth });
    await client.connect();
    return client;
  };
  const file = join(folder, "bot.db");
  const startBot = async (): Promise<ChildProcess> => {
    const token = await issueToken({ userId: "bot", secret: SECRET });
    return start("bot.ts", [], {
      TIDINGS_URL: url,
      TIDINGS_TOKEN: token,
      BOT_SECRET: "bots",
      BOT_FILE: file,
    });
  };
  const livesUntilItSays = async (word: string): Promise<void> => {
    const bot = await startBot();
    await says(bot, word);
    await kill(bot);
  };

  it("[D2] answers every question exactly once, in order", { timeout: 120_000 }, async () => {
    await livesUntilItSays("online"); // from now on it is in the room
    const room = ada.conversation("general");
    const questions: string[] = [];
    for (let index = 0; index < 24; index += 1) {
      const { id } = await room.send(index % 2 === 0 ? `echo ${index}` : "roll 1d1000");
      questions.push(id);
    }
    for (let life = 0; life < 6; life += 1) await livesUntilItSays(STEPS[life % STEPS.length] ?? "");
    await livesUntilItSays(`accepted ${questions.at(-1)}`);
    const ben = await enter("ben");
    const answers = await answersSeenBy(ben);
    await ben.close();
    expect(answers).toEqual(questions);
  });
});

/** Where it is killed: about to answer, the answer on storage, the answer accepted and not yet ticked off. */
const STEPS = ["begun", "kept", "accepted"];

/** Of each message of the bot, which question it answers. */
async function answersSeenBy(client: Client): Promise<readonly (string | undefined)[]> {
  const { timeline } = client.conversation("general");
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (!timeline.get().complete) return;
      stop();
      resolve();
    };
    const stop = timeline.subscribe(look);
    look();
  });
  while (timeline.get().hasOlder) await timeline.loadOlder();
  return [...timeline.get().items].flatMap((item) =>
    item.type === "message" && item.message.authorId === "bot" ? [item.message.replyTo] : [],
  );
}
