import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportArchive } from "../../src/archive/export-archive.ts";
import { besideBytes, type FileBytes, inlineBytes } from "../../src/archive/file-bytes.ts";
import { checkAgainst, importArchive } from "../../src/archive/import-archive.ts";
import { createDiskStore } from "../../src/files/disk-store.ts";
import type { FileStore } from "../../src/files/file-store.ts";
import { createSigner } from "../../src/files/signed-urls.ts";
import type { FileRecord } from "../../src/store/files.ts";
import { openLibsqlStore } from "../../src/store/index.ts";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import type { Store } from "../../src/store/store.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../../src/testing/postgres.ts";
import { showing, shown } from "../store/files-suite.ts";
import { newId } from "../support/raw-client.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { Workbench } from "../store/workbench.ts";
import { chunksOf, conversation, header, type Line, participant, sealed } from "./archive-text.ts";
import { randomHistory } from "./random-history.ts";

const opened: Store[] = [];
afterAll(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

const disk = (): FileStore => {
  const signer = createSigner("secret");
  return createDiskStore({ dir: temporaryFile("kept"), signer, baseUrl: () => "http://localhost" });
};

async function exported(store: Store, files?: FileBytes): Promise<string> {
  const found = store.archive && (await exportArchive({ of: "server" }, store.archive, { at: 1, files }));
  if (!found) throw new Error("there is nothing");
  let text = "";
  for await (const chunk of found.text) text += chunk;
  return text;
}

/** As the engine erases a person, without its links. */
async function erase(bench: Workbench, userId: string): Promise<void> {
  const { upkeep } = bench.store;
  for (let isDone = false; !isDone;) {
    isDone = true;
    for (const trace of (await upkeep?.traces(userId)) ?? []) {
      const actorId = trace.type === "message.delete" ? "system" : userId;
      const outcome = await bench.outcome(bench.submission(actorId, trace, { system: true }));
      if (outcome.ok && outcome.ack.changes.length > 0) isDone = false;
    }
  }
  await upkeep?.forget(userId, bench.at);
}

const volatile = new Set(["rev", "sentRev", "deletedAt", "activeAt"]);

/** What is in a store, but for its log, what was answered to it itself, when, and which pseudonym stands for whom. */
function rowsOf(text: string): readonly string[] {
  return linesOf(text)
    .filter(({ type, userId }) => type !== "audit" && userId !== "system")
    .map((line) =>
      JSON.stringify(line, (name, item: unknown) => {
        if (volatile.has(name)) return undefined;
        if (typeof item === "string") return item.replace(/^erased-[\da-f-]{36}$/u, "erased");
        if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
        return Object.fromEntries(Object.entries(item).toSorted(([one], [other]) => (one < other ? -1 : 1)));
      }),
    )
    .toSorted();
}

function linesOf(text: string): readonly Line[] {
  return text
    .trim()
    .split("\n")
    .slice(1, -1)
    .map((line): Line => JSON.parse(line));
}

describe.each(["SQLite", "PostgreSQL"])("people who were erased since an archive was made, on %s", (kind) => {
  const isSkipped = kind === "PostgreSQL" && !hasPostgres();
  let postgres: PostgresService | undefined;
  beforeAll(async () => {
    if (kind === "PostgreSQL" && !isSkipped) postgres = await startPostgres();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await postgres?.close();
  }, 60_000);

  const open = async (): Promise<Store> => {
    const url = await postgres?.database();
    const store =
      url === undefined
        ? openLibsqlStore({ file: temporaryFile("data.db") })
        : await openPostgresStore({ url, connections: 2 });
    opened.push(store);
    return store;
  };
  const take = (store: Store, text: string) => importArchive({ store, open: chunksOf(text), at: 2 });

  it.skipIf(isSkipped).each([1, 2])(
    "[E10] are in it as if they had been erased where it is taken in, by seed %i (row D25)",
    async (seed) => {
      const source = openLibsqlStore();
      opened.push(source);
      await randomHistory(new Workbench(source), seed, 250);
      const text = await exported(source);
      const [late, early] = [await open(), await open()];
      await take(late, text);
      for (const userId of ["ada", "ben"]) {
        await early.erasures?.remember(userId, 1);
        await erase(new Workbench(late), userId);
      }
      expect(await checkAgainst(early, { open: chunksOf(text) })).toMatchObject({ erased: 2 });
      expect(await take(early, text)).toMatchObject({ isNew: true, erased: 2 });
      const left = await exported(early);
      expect(rowsOf(left)).toEqual(rowsOf(await exported(late)));
      expect(linesOf(left).filter(({ type }) => type === "audit").length).toBeGreaterThan(1);
      for (const line of linesOf(left))
        if (line["type"] === "audit") expect([line["actorId"], line["subject"]]).not.toContain("ada");
      // It is an archive itself, of which all is counted as it is.
      expect(await take(await open(), left)).toMatchObject({ isNew: true, erased: 0 });
    },
    60_000,
  );

  it.skipIf(isSkipped)(
    "[E10] are not counted with what others put on a message, whether it names them or not (row D25)",
    async () => {
      const many = Array.from({ length: 10 }, (_, index) => `user-${index}`);
      const [tea = {}, owner = {}, first = {}] = conversation("tea", 1);
      const { id: messageId } = first;
      const poll = { options: ["Tea", "Coffee"], many: true };
      const named = { count: 10, userIds: many.slice(0, 8) };
      const asked: Line = {
        ...{ ...first, kind: "poll", content: { text: "Which?", poll } },
        reactions: [
          { emoji: "👍", ...named },
          { emoji: "🎉", count: 1, userIds: ["user-9"] },
        ],
        tally: { results: [named, { count: 1, userIds: ["user-0"] }], voters: 10 },
      };
      const vote = (userId: string, option: number) => ({ type: "vote", messageId, userId, option });
      const like = (userId: string, emoji: string) => ({ type: "reaction", messageId, userId, emoji });
      const marks = [
        ...many.flatMap((userId) => [like(userId, "👍"), vote(userId, 0)]),
        ...[like("user-9", "🎉"), vote("user-0", 1)],
      ];
      const store = await open();
      for (const userId of ["user-0", "user-9"]) await store.erasures?.remember(userId, 1);
      const text = sealed([header, tea, owner, asked, ...marks]);
      expect(await take(store, text)).toMatchObject({ erased: 2 });
      const left = await exported(store);
      const others = { count: 8, userIds: many.slice(1, 8) };
      expect(linesOf(left).find(({ type }) => type === "message")).toMatchObject({
        reactions: [{ emoji: "👍", ...others }],
        tally: { results: [others, { count: 0, userIds: [] }], voters: 8 },
      });
      expect(left).not.toMatch(/user-[09]/u);
      expect(await take(await open(), left)).toMatchObject({ erased: 0 });
    },
    60_000,
  );

  it.skipIf(isSkipped)(
    "[E10] lead what nobody else would, and are themselves in what was made since they were erased (row D25)",
    async () => {
      const [tea = {}, ada = {}, first = {}] = conversation("tea", 1);
      const head = { rev: 4, seq: 1 };
      const both = [{ ...tea, head }, ada, { ...first, rev: 4 }, participant("tea", "ben", 3)];
      const ownersOf = async (at: number, erased: readonly string[]) => {
        const store = await open();
        for (const userId of erased) await store.erasures?.remember(userId, at);
        const [head1, ...rest] = [header, both[0] ?? {}, both[1] ?? {}, both[3] ?? {}, both[2] ?? {}];
        await take(store, sealed([{ ...head1, at: 10 }, ...rest]));
        const lines = linesOf(await exported(store));
        const owners = lines.filter(({ type, status }) => type === "participant" && status === "active");
        const said = lines.find(({ type }) => type === "message");
        return [owners.map(({ userId }) => userId), said?.["content"]];
      };
      const nothing = { text: "" };
      expect(await ownersOf(10, ["ada"])).toEqual([["ben"], nothing]);
      expect(await ownersOf(11, ["ada", "ben"])).toEqual([["ben"], nothing]);
      expect(await ownersOf(9, ["ada", "ben"])).toEqual([["ada", "ben"], { text: "number 1" }]);
    },
    60_000,
  );
});

it("[E10] leaves bytes of files behind that were theirs, beside the archive or in it (row D25)", async () => {
  const source = openLibsqlStore({ file: temporaryFile("data.db") });
  opened.push(source);
  const bench = new Workbench(source);
  await bench.group("a", "ada", "ben");
  const kept = disk();
  const ids: string[] = [];
  for (const ownerId of ["ada", "ben"]) {
    const fileId = newId();
    const about = { fileId, conversationId: "a", ownerId, name: "a.png", mediaType: "image/png" };
    const file: FileRecord = { ...about, size: 5, createdAt: 1, state: "ready" };
    await source.files?.open(file, { perHour: 9, previews: 2, bytes: 100 });
    await kept.keep({ key: fileId, size: 5, mediaType: "image/png" }, chunksOf("bytes")());
    await bench.accepted(ownerId, showing("a", shown(file)));
    ids.push(fileId);
  }
  const dir = temporaryFile("beside");
  const never = new AbortController().signal;
  for (const bytes of [besideBytes(kept, dir, never), inlineBytes(kept, never)]) {
    const text = await exported(source, bytes);
    const store = openLibsqlStore({ file: temporaryFile("data.db") });
    opened.push(store);
    await store.erasures?.remember("ada", 1);
    const files = disk();
    for (const isNew of [true, false])
      expect(await importArchive({ store, open: chunksOf(text), files, dir, at: 2 })).toMatchObject({
        isNew,
      });
    const [hers = "", his = ""] = ids;
    expect([await files.size(hers), await files.size(his)]).toEqual([undefined, 5]);
    expect([await store.files?.find(hers), await store.files?.isShown(hers, "a")]).toEqual([
      undefined,
      false,
    ]);
    expect(await store.files?.isShown(his, "a")).toBe(true);
  }
});
