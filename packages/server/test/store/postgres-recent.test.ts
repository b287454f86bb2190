import type { ChangesQuery, HistoryQuery } from "@tidings/core/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../../src/testing/postgres.ts";
import { Workbench } from "./workbench.ts";

interface Node extends Workbench {
  /** Of each question about recent records: was what the node remembers enough? */
  readonly hits: boolean[];
}

const on = { conversationId: "a" } as const;
const everything: ChangesQuery = { type: "changes", ...on, afterRev: 0, limit: 100 };
const newest: HistoryQuery = { type: "history", ...on, limit: 20 };
const PEOPLE = ["ada", "bob", "cy", "dan"];

describe.skipIf(!hasPostgres())("questions on PostgreSQL by what the node remembers", () => {
  let service: PostgresService;
  let here: Node;
  let there: Node;
  const opened: Workbench[] = [];
  beforeAll(async () => {
    service = await startPostgres();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(opened.map(({ store }) => store.close()));
    await service.close();
  });
  beforeEach(async () => {
    const url = await service.database();
    const open = async (): Promise<Node> => {
      const hits: boolean[] = [];
      const onRecalled = (what: string, isHit: boolean): void => {
        if (what !== "commit") hits.push(isHit);
      };
      const node = new Workbench(await openPostgresStore({ url, connections: 2, onRecalled }));
      opened.push(node);
      return Object.assign(node, { hits });
    };
    [here, there] = [await open(), await open()];
    await here.group("a", ...(PEOPLE as [string, ...string[]]));
    for (const who of PEOPLE) await here.said(who, "a", `a word of ${who}`);
  });

  it("read once for all who come back to a conversation at one moment", async () => {
    for (const query of [everything, newest]) {
      const answers = await Promise.all(PEOPLE.map((who) => here.query(who, query)));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(here.hits.splice(0).filter((isHit) => !isHit)).toEqual([false]);
    }
  });

  it("read nothing of what the node was told, nor when nothing has happened", async () => {
    const { head } = await here.query("ada", { ...everything, afterRev: 1_000 });
    here.hits.splice(0);
    expect(await here.query("ada", { ...everything, afterRev: head.rev })).toMatchObject({
      records: [],
      upTo: head.rev,
    });
    const { changes } = await there.accepted("bob", { type: "message.send", ...on, kind: "text", content });
    here.store.heard?.(changes);
    const { records } = await here.query("ada", { ...everything, afterRev: head.rev });
    expect(records).toMatchObject([{ content }]);
    expect(here.hits).toEqual([true, true]);
  });

  it("[D8] are refused to whoever was removed on another node, however much this one remembers", async () => {
    for (const query of [everything, newest]) await here.query("bob", query);
    expect((await here.query("bob", everything)).records.length).toBeGreaterThan(4);
    await there.accepted("ada", { type: "participant.remove", ...on, userId: "bob" });
    await there.said("ada", "a", "without bob");
    const { head } = await there.query("ada", everything);
    for (const query of [everything, newest, { ...everything, afterRev: head.rev }])
      expect(await here.refusal("bob", query)).toMatchObject({ code: "conversation/not-found" });
    expect((await here.query("ada", newest)).messages.at(-1)).toMatchObject({ seq: 5 });
  });

  it("[D8] are answered with nothing of what another node has erased or pruned", async () => {
    const recall = async (): Promise<readonly unknown[]> => {
      const { records } = await here.query("ada", everything);
      const { messages, floorSeq } = await here.query("ada", newest);
      const texts = (list: readonly object[]): readonly string[] =>
        list.flatMap((record) => ("seq" in record ? JSON.stringify(record) : []));
      return [texts(records).join().includes("a word of bob"), messages.length, floorSeq];
    };
    await recall();
    expect(await recall()).toEqual([true, 4, 1]);
    await there.store.upkeep?.forget("bob", 2_000_000);
    expect(await recall()).toEqual([false, 4, 1]);
    await there.store.upkeep?.prune({ now: 0, before: 0, newest: 2, rememberedSince: 0 });
    expect(await recall()).toEqual([false, 2, 3]);
    here.hits.splice(0);
    await recall();
    expect(here.hits).toEqual([true, true]);
  });

  it("name one's own reactions, which nobody remembers", async () => {
    const messageId = await here.said("ada", "a", "vote");
    const people = Array.from({ length: 12 }, (_, index) => `user ${index}`);
    for (const userId of people) {
      await here.accepted("ada", { type: "participant.add", ...on, userId });
      await here.accepted(userId, { type: "message.react", ...on, messageId, emoji: "👍" });
    }
    await here.query("ada", newest);
    here.hits.splice(0);
    expect((await here.query("user 11", newest)).own).toEqual({ [messageId]: ["👍"] });
    expect((await here.query("ada", newest)).own).toEqual({});
    expect(here.hits).toEqual([true, true]);
  });
});

const content = { text: "told" };
