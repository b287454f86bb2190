import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Client, type Conversation, createClient, memoryStorage } from "@tidings/core";
import { openNotebook, openPlans } from "@tidings/core/bindings";
import { seededRandom } from "@tidings/core/testing";
import { openUploads } from "@tidings/core/uploads";
import { defaultPolicy } from "@tidings/core/protocol";
import { createServer, type TidingsServer } from "@tidings/server";
import { hasPostgres, type PostgresService, startPostgres } from "@tidings/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { directTransport, SECRET, swiftPolicy, temporaryFolder, token } from "../src/backend.ts";
import { textsOf } from "../src/texts.ts";
import { until } from "../src/until.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const command = [
  "--conditions=source",
  "--import",
  "./scripts/typescript/register.mjs",
  "packages/server/src/cli.ts",
];
const ROOM = "room";
const PEOPLE = ["ada", "ben", "cleo"];
const LETTER = "bytes of a letter";

const tidingsServer = (...words: readonly string[]): Promise<unknown> =>
  promisify(execFile)(process.execPath, [...command, ...words], { cwd: root });

describe("a server that is moved, from one database to the other", () => {
  let postgres: PostgresService | undefined;
  beforeAll(async () => {
    if (hasPostgres()) postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres?.close());

  const serve = (place: { dataFile?: string; database?: string; files: { dir: string } }, port = 0) =>
    createServer({
      ...place,
      port,
      secret: SECRET,
      lobbies: [],
      policy: { ...defaultPolicy, ...swiftPolicy },
    });

  async function enter(server: TidingsServer, userId: string, storage = memoryStorage()): Promise<Client> {
    const backoff = { baseMs: 50, maxMs: 200 };
    const options = { auth: await token(userId), userId, backoff, logger: () => {} };
    const client = createClient({ ...options, transport: directTransport(server), storage });
    await client.connect();
    return client;
  }

  /** What somebody who was never here before sees. */
  async function seenBy(server: TidingsServer, userId: string, count: number): Promise<unknown> {
    const client = await enter(server, userId);
    const [room, notebook] = [client.conversation(ROOM), openNotebook(client)];
    const [release, kept] = [notebook.bookmarks.subscribe(() => {}), openPlans(client).scheduled];
    const hold = kept.subscribe(() => {});
    await until("all of it", () => room.timeline.get().items.length >= count);
    await until("the notes", () => kept.get().length > 0);
    const messages = [...room.timeline.get().items].map((item) =>
      item.type === "message" ? item.message : item,
    );
    const seen = {
      ...{ messages, bookmarks: notebook.bookmarks.get(), scheduled: kept.get() },
      versions: await Promise.all(
        messages.flatMap((message) =>
          "version" in message && message.version > 0 ? room.versions(message.id) : [],
        ),
      ),
    };
    release();
    hold();
    await client.close();
    return structuredClone(seen);
  }

  it("[D1, D2, D3] shows everybody the same, and takes once what waited meanwhile (row D25)", async () => {
    const folder = temporaryFolder();
    const files = `${folder.file}.files`;
    let server = await serve({ dataFile: folder.file, files: { dir: files } });
    const [ada, ben, cleo] = [
      await enter(server, "ada"),
      await enter(server, "ben"),
      await enter(server, "cleo"),
    ];
    const participants = [{ userId: "ben" }, { userId: "cleo" }];
    await ada.createConversation({ conversationId: ROOM, kind: "group", participants });
    try {
      await live([ada, ben, cleo], 7);
      const before = await Promise.all(PEOPLE.map((userId) => seenBy(server, userId, MESSAGES + 1)));
      const { port } = server;
      await server.close();
      const hers = ada.conversation(ROOM);
      const waiting = await hers.send("said meanwhile");

      const archive = `${folder.file}.jsonl`;
      const beside = `${folder.file}.beside`;
      await tidingsServer(
        "export",
        "--data",
        folder.file,
        "--files",
        files,
        "--out",
        archive,
        "--with-files",
        beside,
      );
      const other = postgres ? { database: await postgres.database() } : { dataFile: `${folder.file}.other` };
      const place = "database" in other ? ["--database", other.database] : ["--data", other.dataFile];
      const into = [...place, "--files", `${files}.other`, "--with-files", beside];
      await tidingsServer("import", archive, ...into);

      server = await serve({ ...other, files: { dir: `${files}.other` } }, port);
      await waiting.settled();
      const after = await Promise.all(PEOPLE.map((userId) => seenBy(server, userId, MESSAGES + 2)));
      expect(after.map(withoutNewest)).toEqual(before);
      for (const client of [ada, ben, cleo]) {
        const room = client.conversation(ROOM);
        const count = (): number => textsOf(room).filter((text) => text === "said meanwhile").length;
        await until("it is there", () => count() === 1, { instead: () => textsOf(room) });
        // What is pushed may come before the history of the new database.
        await until("all of it", () => textsOf(room).length >= MESSAGES + 2);
        expect(textsOf(room)).toEqual(textsOf(hers));
      }
      expect(await letterOf(server, hers)).toBe(LETTER);
    } finally {
      await Promise.all([ada.close(), ben.close(), cleo.close()]);
      await server.close();
      folder.remove();
    }
  }, 120_000);
});

const MESSAGES = 20;

/** A conversation of everything there is to do, at random from a seed. */
async function live(clients: readonly Client[], seed: number): Promise<void> {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random.next() * items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  const ids: string[] = [];
  for (let count = 0; count < MESSAGES; count += 1) {
    const client = pick(clients);
    const room = client.conversation(ROOM);
    const relation = ids.length > 0 ? pick([{}, { replyTo: pick(ids) }, { threadId: pick(ids) }]) : {};
    const poll = { options: ["Tea", "Coffee"], anonymous: count % 2 === 0 };
    const sent = await room.send(
      count % 5 === 4
        ? { text: "Which?", poll }
        : { text: `number ${count}`, custom: { count }, ...relation },
    );
    await sent.settled();
    ids.push(sent.id);
    const on = pick(ids);
    const done = await pick<() => Promise<{ settled(): Promise<unknown> }>>([
      () => room.edit(on, `edited ${count}`),
      () => room.delete(on),
      () => room.react(on, pick(["👍", "🎉"])),
      () => room.vote(on, [pick([0, 1])]),
      () => room.pin(on),
      () => openNotebook(client).bookmark(ROOM, on),
    ])().catch(() => undefined);
    await done?.settled().catch(() => {});
    room.markRead();
  }
  for (const client of clients) {
    const day = Date.now() + 86_400_000;
    await (await openPlans(client).schedule(ROOM, "tomorrow", day)).settled();
  }
  const [first] = clients;
  if (!first) return;
  const upload = openUploads(first).add(ROOM, new Blob([LETTER], { type: "text/plain" }), {
    name: "letter.txt",
  });
  const withFile = await first
    .conversation(ROOM)
    .send({ text: "a letter", attachments: [upload.attachment] });
  await withFile.settled();
}

/** Without what waited while the server was away. */
function withoutNewest(seen: unknown): unknown {
  if (typeof seen !== "object" || seen === null || !("messages" in seen) || !("versions" in seen))
    return seen;
  const { messages, versions } = seen;
  if (!Array.isArray(messages) || !Array.isArray(versions)) return seen;
  return { ...seen, messages: messages.slice(0, -1) };
}

async function letterOf(server: TidingsServer, { timeline }: Conversation): Promise<string> {
  const shown = [...timeline.get().items].flatMap((item) =>
    item.type === "message" && "text" in item.message.content ? (item.message.content.attachments ?? []) : [],
  );
  const address = `${server.httpUrl}/v1/conversations/${ROOM}/files/${shown[0]?.fileId}/download`;
  const headers = { authorization: `Bearer ${await token("ben")}` };
  const link: unknown = await (await fetch(address, { headers })).json();
  if (typeof link !== "object" || link === null || !("url" in link)) throw new Error(JSON.stringify(link));
  return (await fetch(String(link.url))).text();
}
