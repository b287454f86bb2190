import { type ClientFrame, defaultPolicy } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { openLibsqlStore } from "../../src/store/index.ts";
import { EngineBench, sendFrame, type TestLink } from "../support/engine-bench.ts";
import { type Draft, newId } from "../support/raw-client.ts";

const lanes = new WeakMap<TestLink, number>();

function submit(link: TestLink, draft: Draft): ClientFrame {
  const lane = (lanes.get(link) ?? 0) + 1;
  lanes.set(link, lane);
  const command = { commandId: newId(), at: 0, ...draft };
  if (command.type === "receipt.mark") return { type: "submit", id: lane, command };
  return { type: "submit", id: lane, lane, command };
}

function say(link: TestLink, text: string): ClientFrame {
  return submit(link, { type: "message.send", conversationId: "tea", kind: "text", content: { text } });
}

/** What was pushed to a link since the last call, as `kind rev`. */
function pushed(link: TestLink): string[] {
  return link
    .take()
    .flatMap((frame) => (frame.type === "change" ? [`${frame.change.kind} ${frame.change.rev}`] : []));
}

/** Ada's group "tea", with those named, all of them online. */
async function tea(
  ...others: readonly string[]
): Promise<{ bench: EngineBench; links: Record<string, TestLink>; ada: TestLink }> {
  const bench = await EngineBench.open({
    lobbies: [],
    policy: { rates: [], limits: { ...defaultPolicy.limits, inFlight: 10_000 } },
    bounds: { frames: { perSecond: 10_000, burst: 10_000 } },
  });
  const ada = await bench.join("ada");
  const links: Record<string, TestLink> = { ada };
  for (const userId of others) links[userId] = await bench.join(userId);
  const participants = others.map((userId) => ({ userId }));
  await bench.send(
    ada,
    submit(ada, { type: "conversation.create", conversationId: "tea", kind: "group", participants }),
  );
  for (const link of Object.values(links)) link.take();
  return { bench, links, ada };
}

describe("delivery", () => {
  it("[D8] gives whoever is removed the change that says so, and nothing after", async () => {
    const { bench, links, ada } = await tea("bob", "cy");
    const bob = links["bob"];
    if (!bob) throw new Error();
    await bench.send(
      ada,
      say(ada, "before"),
      submit(ada, { type: "participant.remove", conversationId: "tea", userId: "bob" }),
      say(ada, "after"),
    );
    expect(pushed(bob)).toEqual(["message.send 5", "participant.remove 6"]);
    await bench.send(ada, say(ada, "later"));
    expect(pushed(bob)).toEqual([]);
    await bench.send(bob, { type: "ping", n: 1, seen: 0 });
    expect(bob.all("pong")).toMatchObject([{ heads: [] }]);
  });

  it("[D8] treats leaving and being banned the same", async () => {
    const { bench, links, ada } = await tea("bob", "cy");
    const { bob, cy } = links;
    if (!bob || !cy) throw new Error();
    const other = await bench.join("bob", "other");
    await bench.send(bob, submit(bob, { type: "participant.leave", conversationId: "tea" }));
    await bench.send(ada, submit(ada, { type: "participant.ban", conversationId: "tea", userId: "cy" }));
    await bench.send(ada, say(ada, "gone"));
    expect(pushed(other)).toEqual(["participant.leave 5"]);
    expect(pushed(bob)).toEqual([]);
    expect(pushed(cy)).toEqual(["participant.leave 5", "participant.ban 6"]);
  });

  it("gives whoever is added the change that says so, and everything after", async () => {
    const { bench, ada } = await tea();
    const bob = await bench.join("bob");
    await bench.send(
      ada,
      say(ada, "before"),
      submit(ada, { type: "participant.add", conversationId: "tea", userId: "bob" }),
      say(ada, "after"),
    );
    expect(pushed(bob)).toEqual(["participant.add 4", "message.send 5"]);
  });

  it("[D8] keeps two tenants apart in everything that is pushed", async () => {
    const bench = await EngineBench.open({ lobbies: [], policy: { rates: [] } });
    const tenants = await Promise.all(
      ["crimson", "azure"].map(async (tenant) => {
        const people = await Promise.all([1, 2].map((index) => bench.join(`${tenant}-${index}`)));
        const [first] = people;
        if (!first) throw new Error();
        const create = { type: "conversation.create", conversationId: tenant, kind: "group" } as const;
        await bench.send(first, submit(first, { ...create, participants: [{ userId: `${tenant}-2` }] }));
        for (const link of people)
          await bench.send(link, {
            type: "signal",
            signal: { type: "watch", conversationIds: ["crimson", "azure"] },
          });
        return { tenant, people };
      }),
    );
    for (const { tenant, people } of tenants) {
      for (const link of people) {
        const text = `${tenant} secret`;
        const send = {
          type: "message.send",
          conversationId: tenant,
          kind: "text",
          content: { text },
        } as const;
        await bench.send(
          link,
          submit(link, send),
          submit(link, { type: "receipt.mark", conversationId: tenant, readSeq: 1 }),
        );
        await bench.send(link, {
          type: "signal",
          signal: { type: "typing", conversationId: tenant, active: true },
        });
      }
    }
    for (const { tenant, people } of tenants) {
      const other = tenant === "crimson" ? "azure" : "crimson";
      for (const link of people) {
        expect(JSON.stringify(link.frames)).toContain(`${tenant} secret`);
        expect(JSON.stringify(link.frames)).not.toContain(other);
      }
    }
  });

  it("serialises a change once, and one list for all who wait for the same", async () => {
    const { bench, links, ada } = await tea("bob", "cy", "dee");
    await bench.send(ada, say(ada, "1"), say(ada, "2"));
    const lists = ["bob", "cy", "dee"].map((name) => links[name]?.written.at(-1));
    expect(lists[0]?.count).toBe(2);
    expect(new Set(lists).size).toBe(1);
    expect(new Set(Object.values(links).map((link) => link.written.at(-1))).size).toBe(2);
  });

  it("begins a new message when one holds as many frames as it may", async () => {
    const { bench, links, ada } = await tea("bob");
    const texts = Array.from({ length: 1_500 }, (_, index) => String(index));
    await bench.send(ada, ...texts.map((text) => say(ada, text)));
    await bench.clock.advance(1);
    const { bob } = links;
    const seqs = bob
      ?.all("change")
      .flatMap(({ change: { record } }) => (record.type === "message" ? [record.seq] : []));
    expect(seqs).toEqual(texts.map((_, index) => index + 1));
  });

  it("goes to no link that was closed in the middle of it", async () => {
    const { bench, links, ada } = await tea("bob");
    const { bob } = links;
    if (!bob?.session) throw new Error();
    bench.engine.close(bob.session, { code: "server/internal", message: "" });
    await bench.send(ada, say(ada, "1"));
    expect(pushed(bob)).toEqual([]);
    expect(bob.ended).toBe("server/internal");
  });
});

describe("receipts", () => {
  /** Longer than they may wait. */
  const MOMENT_MS = 250;

  it("leave with what is in a hurry, or after a moment, and then all of them as one", async () => {
    const { bench, links, ada } = await tea("bob", "cy");
    const { bob, cy } = links;
    if (!bob || !cy) throw new Error();
    const mark = (link: TestLink, readSeq: number): Promise<void> =>
      bench.send(link, submit(link, { type: "receipt.mark", conversationId: "tea", readSeq }));
    await bench.send(ada, ...[1, 2, 3].map((index) => say(ada, String(index))));
    ada.take();
    const before = ada.written.length;
    for (const readSeq of [1, 2, 3]) {
      await mark(bob, readSeq);
      await mark(cy, readSeq);
      await bench.clock.advance(10);
    }
    expect(ada.written).toHaveLength(before);
    await bench.clock.advance(MOMENT_MS);
    expect(ada.written).toHaveLength(before + 1);
    expect(ada.take().map(({ type }) => type)).toEqual(Array.from({ length: 6 }, () => "receipt"));
    await bench.send(ada, say(ada, "4"));
    await mark(bob, 4);
    await bench.send(ada, say(ada, "5"));
    // In the order in which it happened, so that nobody has read what is not there yet.
    expect(ada.take().map(({ type }) => type)).toEqual(["ack", "receipt", "ack"]);
    expect(
      cy
        .take()
        .map(({ type }) => type)
        .slice(-3),
    ).toEqual(["change", "receipt", "change"]);
    const settled = ada.written.length;
    await bench.clock.advance(10 * MOMENT_MS);
    expect(ada.written).toHaveLength(settled);
  });

  it("are told once per turn, the last of each person, also to that person's other links", async () => {
    const { bench, links, ada } = await tea("bob");
    const { bob } = links;
    if (!bob) throw new Error();
    const phone = await bench.join("bob", "phone");
    await bench.send(ada, ...[1, 2, 3].map((index) => say(ada, String(index))));
    for (const link of [ada, bob, phone]) link.take();
    await bench.send(
      bob,
      ...[1, 2, 3].map((readSeq) => submit(bob, { type: "receipt.mark", conversationId: "tea", readSeq })),
    );
    await bench.clock.advance(MOMENT_MS);
    for (const link of [ada, phone]) {
      expect(link.all("receipt")).toMatchObject([
        { receipt: { userId: "bob", readSeq: 3, deliveredSeq: 3 } },
      ]);
    }
    expect(bob.all("receipt")).toEqual([]);
    expect(bob.all("ack").map(({ ack }) => ack.receipt?.readSeq)).toEqual([1, 2, 3]);
  });

  it("are told to nobody else where the conversation says so", async () => {
    const { bench, links, ada } = await tea("bob");
    const { bob } = links;
    if (!bob) throw new Error();
    const phone = await bench.join("bob", "phone");
    const settings = { typing: true, receipts: false };
    await bench.send(
      ada,
      say(ada, "1"),
      submit(ada, { type: "conversation.update", conversationId: "tea", settings }),
    );
    await bench.send(bob, submit(bob, { type: "receipt.mark", conversationId: "tea", readSeq: 1 }));
    await bench.clock.advance(MOMENT_MS);
    expect(ada.all("receipt")).toEqual([]);
    expect(phone.all("receipt")).toHaveLength(1);
  });
});

describe("a welcome", () => {
  it("[D4] misses nothing that happens while the user is being read", async () => {
    const store = openLibsqlStore();
    let release: (() => void) | undefined;
    const memberships = store.memberships.bind(store);
    store.memberships = async (userId) => {
      const found = await memberships(userId);
      if (userId === "bob") await new Promise<void>((resolve) => (release = resolve));
      return found;
    };
    const bench = await EngineBench.open({ store, lobbies: [], policy: { rates: [] } });
    const ada = await bench.join("ada");
    const create = { type: "conversation.create", kind: "group", participants: [{ userId: "bob" }] } as const;
    await bench.send(ada, submit(ada, { ...create, conversationId: "tea" }));
    const bob = await bench.join("bob");
    await bench.send(
      ada,
      say(ada, "while bob is read"),
      submit(ada, { type: "participant.add", conversationId: "tea", userId: "cy" }),
    );
    const other = { type: "conversation.create", kind: "group", participants: [{ userId: "bob" }] } as const;
    await bench.send(ada, {
      type: "submit",
      id: 99,
      lane: 1,
      command: { ...other, commandId: newId(), at: 0, conversationId: "new" },
    });
    release?.();
    await bench.clock.advance(0);
    const heads = bob
      .all("welcome")[0]
      ?.welcome.heads.map(({ conversationId, rev, seq }) => [conversationId, rev, seq]);
    expect(heads?.sort()).toEqual([
      ["new", 3, 0],
      ["tea", 5, 1],
    ]);
    await bench.send(ada, say(ada, "after"));
    expect(pushed(bob)).toEqual(["message.send 6"]);
  });

  it("[D8] does not let in someone who is removed while being read", async () => {
    const store = openLibsqlStore();
    let release: (() => void) | undefined;
    const memberships = store.memberships.bind(store);
    store.memberships = async (userId) => {
      const found = await memberships(userId);
      if (userId === "bob") await new Promise<void>((resolve) => (release = resolve));
      return found;
    };
    const bench = await EngineBench.open({ store, lobbies: [] });
    const ada = await bench.join("ada");
    await bench.send(
      ada,
      submit(ada, {
        type: "conversation.create",
        conversationId: "tea",
        kind: "group",
        participants: [{ userId: "bob" }],
      }),
    );
    const bob = await bench.join("bob");
    await bench.send(
      ada,
      submit(ada, { type: "participant.remove", conversationId: "tea", userId: "bob" }),
      sendFrame("tea", "x", 3),
    );
    release?.();
    await bench.clock.advance(0);
    expect(bob.all("welcome")[0]?.welcome.heads).toEqual([]);
    await bench.send(ada, sendFrame("tea", "after", 4));
    expect(pushed(bob)).toEqual([]);
  });
});
