import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLibsqlStore } from "../../src/store/libsql/libsql-store.ts";
import { openPostgresStore, type PostgresStoreOptions } from "../../src/store/postgres/postgres-store.ts";
import type { Outcome, Submission } from "../../src/store/store.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../../src/testing/postgres.ts";
import { type Draft, message } from "../support/raw-client.ts";
import { Workbench } from "./workbench.ts";

interface Node extends Workbench {
  /** Of each commit: did it go by what the node remembers? */
  readonly atOnce: boolean[];
}

const on = { conversationId: "a" } as const;
const WORDS = ["one", "two", "three"];

describe.skipIf(!hasPostgres())("a commit on PostgreSQL by what the node remembers", () => {
  let service: PostgresService;
  let url: string;
  const opened: Workbench[] = [];
  beforeAll(async () => {
    service = await startPostgres();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(opened.map(({ store }) => store.close()));
    await service.close();
  });

  /** Two nodes of one database, and a group that both have said something in, twice. */
  const twoNodes = async (): Promise<readonly [Node, Node]> => {
    url = await service.database();
    const nodes = [await openNode(), await openNode()] as const;
    await nodes[0].group("a", "ada", "bob", "cy");
    for (const node of [...nodes, ...nodes])
      for (const who of ["ada", "bob"]) await node.said(who, "a", "hi");
    for (const { atOnce } of nodes) atOnce.splice(0);
    return nodes;
  };
  const openNode = async (): Promise<Node> => {
    const atOnce: boolean[] = [];
    const onRecalled: PostgresStoreOptions["onRecalled"] = (what, isHit) => {
      if (what === "commit") atOnce.push(isHit);
    };
    const node = new Workbench(await openPostgresStore({ url, connections: 1, onRecalled }));
    opened.push(node);
    return Object.assign(node, { atOnce });
  };
  const ask = async (text: string): Promise<void> => {
    const client = new Client(url);
    await client.connect();
    await client.query(text);
    await client.end();
  };

  it("takes one statement, for messages and receipts, from the second on", async () => {
    url = await service.database();
    const node = await openNode();
    await node.group("a", "ada", "bob");
    for (const word of WORDS) await node.said("ada", "a", word);
    for (let seq = 1; seq <= 3; seq += 1)
      await node.accepted("bob", { type: "receipt.mark", ...on, readSeq: seq });
    expect(node.atOnce).toEqual([false, false, true, true, false, true, true]);
    const { items } = await node.query("ada", { type: "receipts", ...on, limit: 10 });
    expect(items).toMatchObject([{ userId: "bob", readSeq: 3 }]);
  });

  it("is made while another one waits for its conversation, which somebody else has locked", async () => {
    url = await service.database();
    const node = await openNode();
    for (const id of ["a", "b"]) {
      await node.group(id, "ada");
      for (const word of WORDS) await node.said("ada", id, word);
    }
    const client = new Client(url);
    await client.connect();
    await client.query("BEGIN; SELECT FROM conversations WHERE id = 'a' FOR UPDATE");
    let isDone = false;
    const held = node.said("ada", "a", "held").then(() => (isDone = true));
    await node.said("ada", "b", "not held");
    expect(isDone).toBe(false);
    await client.query("COMMIT");
    await held;
    await client.end();
    expect(node.atOnce.splice(-2)).toEqual([true, true]);
  });

  it("[D8] refuses whoever was removed on another node, told of it or not", async () => {
    const [here, there] = await twoNodes();
    for (const word of WORDS) await here.said("bob", "a", word);
    expect(here.atOnce.at(-1)).toBe(true);
    await there.accepted("ada", { type: "participant.remove", ...on, userId: "bob" });
    expect(await here.refused("bob", message("a", "out"))).toMatchObject({ code: "conversation/not-found" });
    await here.said("ada", "a", "without bob");
    await here.said("ada", "a", "at once");
    expect(await here.refused("bob", message("a", "out"))).toMatchObject({ code: "conversation/not-found" });
  });

  it("[D2] gives the first answer again, whichever node gave it", async () => {
    const [here, there] = await twoNodes();
    await there.accepted("ada", { type: "participant.remove", ...on, userId: "bob" });
    const refused = there.submission("bob", message("a", "may I?"));
    expect(await there.outcome(refused)).toMatchObject({ ok: false });
    await there.accepted("ada", { type: "participant.add", ...on, userId: "bob" });
    for (const word of WORDS) await here.said("bob", "a", word);
    expect(here.atOnce.splice(0).at(-1)).toBe(true);
    expect(await here.outcome(refused)).toMatchObject({ ok: false });

    const sent = there.submission("ada", message("a", "once"));
    await there.outcome(sent);
    for (const word of WORDS) await here.said("bob", "a", word);
    expect(await here.outcome(sent)).toMatchObject({ ok: true, isKnown: true });
    expect(here.atOnce.splice(0).at(-1)).toBe(false);
  });

  it("[D2] asks again about a command that was refused for now, when it was answered before", async () => {
    const [here, there] = await twoNodes();
    const sent = there.submission("ada", message("a", "once"));
    await there.outcome(sent);
    for (const word of WORDS) await here.said("ada", "a", word);
    const asked: boolean[] = [];
    const [outcome] = await here.store.commit([sent], (_, isKnown) => {
      asked.push(isKnown);
      return isKnown ? undefined : { ok: false, code: "rate/limited", message: "" };
    });
    expect(outcome).toMatchObject({ ok: true, isKnown: true });
    expect(asked).toEqual([false, true]);
  });

  it("never lowers a watermark that another node has raised", async () => {
    const [here, there] = await twoNodes();
    const mark = (readSeq: number): Draft => ({ type: "receipt.mark", ...on, readSeq });
    for (const node of [here, there]) await node.accepted("bob", mark(1));
    await here.accepted("bob", mark(2));
    await there.accepted("bob", mark(6));
    await here.accepted("bob", mark(3));
    const { items } = await here.query("ada", { type: "receipts", ...on, limit: 10 });
    expect(items.find(({ userId }) => userId === "bob")).toMatchObject({ readSeq: 6 });
  });

  it("follows the messages of other nodes it is told of, and reads again after what it was not told of", async () => {
    const [here, there] = await twoNodes();
    for (const word of WORDS) await here.said("ada", "a", word);
    here.atOnce.splice(0);
    for (const word of WORDS) {
      here.store.heard?.((await there.accepted("bob", message("a", word))).changes);
      await here.said("ada", "a", word);
    }
    expect(here.atOnce.splice(0)).toEqual([true, true, true]);
    await there.said("bob", "a", "unheard");
    // Not before it has been right once.
    for (const word of WORDS) await here.said("ada", "a", word);
    expect(here.atOnce).toEqual([false, false, true]);
  });

  it("remembers nothing of another epoch", async () => {
    const [here] = await twoNodes();
    for (const word of WORDS) await here.said("ada", "a", word);
    await ask("UPDATE meta SET value = 'another' WHERE name = 'epoch'");
    await here.said("ada", "a", "new times");
    expect(here.atOnce.slice(-2)).toEqual([true, false]);
  });

  it("[D3, D7] answers as a store does that remembers nothing, whatever other nodes do and tell", async () => {
    let rightly = 0;
    for (let seed = 1; seed <= 3; seed += 1) {
      const roll = dice(seed);
      const nodes = await twoNodes();
      const [one] = nodes;
      const model = new Workbench(openLibsqlStore());
      const both = async (node: Workbench, items: readonly Submission[]): Promise<readonly Outcome[]> => {
        const outcomes = await node.commit(...items);
        expect(outcomes).toEqual(await model.commit(...items));
        return outcomes;
      };
      const people = ["ada", "bob", "cy", "dee"];
      const participants = people.slice(1).map((userId) => ({ userId }));
      for (const conversationId of ["x", "y"])
        await both(one, [
          one.submission("ada", { type: "conversation.create", kind: "group", conversationId, participants }),
        ]);
      const given: Submission[] = [];
      for (let step = 0; step < 120; step += 1) {
        const items = Array.from({ length: 1 + roll(3) }, (): Submission => {
          const again = given[roll(given.length || 1)];
          if (again && roll(12) === 0) return again;
          const item = one.submission(people[roll(4)] ?? "", draftOf(roll, given));
          given.push(item);
          return item;
        });
        const at = roll(2);
        const outcomes = await both(nodes[at] ?? one, items);
        for (const outcome of outcomes)
          if (outcome.ok && roll(4) > 0) nodes[1 - at]?.store.heard?.(outcome.ack.changes);
      }
      rightly += nodes.flatMap(({ atOnce }) => atOnce).filter(Boolean).length;
      await model.store.close();
    }
    expect(rightly).toBeGreaterThan(40);
  });
});

function draftOf(roll: (sides: number) => number, given: readonly Submission[]): Draft {
  const conversationId = ["x", "y"][roll(2)] ?? "x";
  const earlier = given[roll(given.length || 1)]?.command.commandId;
  const kind = roll(20);
  if (kind === 0) return { type: "participant.remove", conversationId, userId: "dee" };
  if (kind === 1) return { type: "participant.add", conversationId, userId: "dee" };
  if (kind === 2) return { type: "conversation.update", conversationId, name: `name ${roll(100)}` };
  if (kind === 3 && earlier) return { type: "message.delete", conversationId, messageId: earlier };
  if (kind === 4 && earlier) return { ...message(conversationId, "re"), replyTo: earlier };
  if (kind < 9) return { type: "receipt.mark", conversationId, readSeq: 1 + roll(20) };
  return message(conversationId, `said ${roll(1_000)}`);
}

/** Chance that comes again: the same from run to run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % sides;
  };
}
