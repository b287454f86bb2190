/** Starts the bot: `node --conditions=source --import ts-blank-space/register examples/node-bot/bot.ts`. See README.md. */
import process from "node:process";
import { createClient } from "@tidings/core";
import { sqliteStorage } from "@tidings/storage/sqlite";
import { webSocketTransport } from "@tidings/transport-ws";
import Database from "libsql";
import { WebSocket } from "ws";
import { answerTo } from "./answers.ts";
import { runBot } from "./run-bot.ts";

const { TIDINGS_URL: url = "ws://127.0.0.1:8787", TIDINGS_TOKEN: token, BOT_SECRET: secret } = process.env;
if (!token || !secret) {
  console.error(
    "unable to start; set TIDINGS_TOKEN to the bot's token, and BOT_SECRET to a secret that stays the same",
  );
  process.exit(2);
}

const file = process.env["BOT_FILE"] ?? "bot.db";
const client = createClient({
  transport: webSocketTransport({ url, WebSocket }),
  storage: sqliteStorage({ database: () => new Database(file) }),
  auth: token,
});
const stop = runBot({
  client,
  secret,
  answerTo,
  onStep: (step, questionId) => console.log(step, questionId),
  onError: (error) => console.error(error),
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    stop();
    void client.close().then(() => process.exit(0));
  });
}
await client.connect();
console.log("online as", client.userId.get());
