import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type DynamoSend, signedSend } from "../../src/backend/dynamo-send.ts";

/** AWS's own DynamoDB Local on a free port, in memory. */
export interface DynamoDbLocal {
  readonly send: DynamoSend;
  close(): Promise<void>;
}

/** A busy machine may take this long to start a Java program. */
export const START_MS = 180_000;

/** The folder with its jar. It comes under terms of AWS's own, so that it is no dependency: whoever has it says where. */
const FOLDER = process.env["TIDINGS_DYNAMODB_LOCAL"] ?? "";

/** It is a Java program. */
export const hasDynamoDbLocal: boolean = existsSync(join(FOLDER, "DynamoDBLocal.jar"));

/** So that it ends with this process, however that ends. */
const UNTIL_INPUT_ENDS = `"$@" & child=$!; cat >/dev/null; kill -KILL $child; wait $child`;

const credentials = { accessKeyId: "local", secretAccessKey: "local" };

export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const port = await freePort();
  const args = [
    "-Xmx512m",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-Djava.library.path=./DynamoDBLocal_lib",
    "-jar",
    "DynamoDBLocal.jar",
  ];
  const words = ["java", ...args, "-inMemory", "-disableTelemetry", "-port", String(port)];
  const java = spawn("/bin/sh", ["-c", UNTIL_INPUT_ENDS, "sh", ...words], { cwd: FOLDER });
  const endpoint = `http://127.0.0.1:${port}`;
  const send = signedSend({ region: "eu-west-1", credentials: () => credentials, endpoint });
  await ready(java, () => send("ListTables", {}));
  return {
    send,
    async close() {
      const ended = once(java, "close");
      java.stdin.end();
      await ended;
    },
  };
}

async function ready(java: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  let output = "";
  java.stderr?.on("data", (data: Buffer) => (output += data.toString()));
  java.stdout?.resume();
  for (let tries = 0; tries < START_MS / 50 && java.exitCode === null; tries += 1) {
    const isThere = await ask().then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await wait(50);
  }
  throw new Error(`unable to start DynamoDB Local; ${output}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
