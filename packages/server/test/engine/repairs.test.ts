import { type Command, defaultPolicy } from "@tidings/core/protocol";
import { type VirtualClock, virtualClock } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import type { Bus, BusEvent } from "../../src/bus/bus.ts";
import { inProcessBus } from "../../src/bus/in-process-bus.ts";
import { openLibsqlStore, type Store } from "../../src/store/index.ts";
import { EngineBench, type TestLink } from "../support/engine-bench.ts";
import { type Draft, message, newId } from "../support/raw-client.ts";

const failed = new Error("the answer was lost");

interface Faults {
  /** The next commits happen, and then say that they failed. */
  forgotten: number;
  /** The next changes are carried to nobody. */
  lost: number;
  /** The next changes are not carried to other nodes. */
  lostElsewhere: number;
  /** No query is answered. */
  isDeaf: boolean;
  /** What is done while somebody's question is being answered. */
  meanwhile: (() => Promise<void>) | undefined;
}

/** Several engines on one store, with all that can be lost on the way between them. */
class Nodes {
  readonly faults: Faults = { forgotten: 0, lost: 0, lostElsewhere: 0, isDeaf: false, meanwhile: undefined };
  readonly clock: VirtualClock = virtualClock(1_000_000);
  readonly #store = openLibsqlStore();
  readonly #buses: Bus[] = [];
  readonly #lanes = new Map<string, number>();
  #ids = 0;
  readonly #of = new Map<TestLink, EngineBench>();

  async node(): Promise<EngineBench> {
    const inner = inProcessBus();
    this.#buses.push(inner);
    const { faults } = this;
    const publish = (events: readonly BusEvent[]): void => {
      for (const event of events) {
        if (event.type === "committed" && faults.lost > 0) {
          faults.lost -= 1;
          continue;
        }
        inner.publish([event]);
        if (event.type === "committed" && faults.lostElsewhere > 0) faults.lostElsewhere -= 1;
        else for (const bus of this.#buses) if (bus !== inner) bus.publish([event]);
      }
    };
    return EngineBench.open({
      store: this.#faulty(),
      bus: { ...inner, publish },
      clock: this.clock,
      lobbies: [],
    });
  }

  #faulty(): Store {
    const { faults } = this;
    const store = this.#store;
    const answer = async <T>(read: () => Promise<T>): Promise<T> => {
      if (faults.isDeaf) throw failed;
      return read();
    };
    return {
      epoch: store.epoch,
      async commit(items, admit) {
        const outcomes = await store.commit(items, admit);
        if (faults.forgotten === 0) return outcomes;
        faults.forgotten -= 1;
        throw failed;
      },
      query: (...given) =>
        answer(async () => {
          const found = await store.query(...given);
          await faults.meanwhile?.();
          return found;
        }),
      memberships: (userId) => answer(() => store.memberships(userId)),
      wasIn: (...given) => store.wasIn(...given),
      forgetAnswers: (before) => store.forgetAnswers(before),
      close: () => store.close(),
    };
  }

  /** As a bus does that knows it may have lost something. */
  admitLoss(): void {
    for (const bus of this.#buses) bus.publish([{ type: "lost" }]);
  }

  async join(bench: EngineBench, userId: string): Promise<TestLink> {
    const link = await bench.join(userId);
    this.#of.set(link, bench);
    return link;
  }

  async give(link: TestLink, draft: Draft): Promise<void> {
    const command = { commandId: newId(), at: 0, ...draft };
    const name = `${link.session?.id} ${command.conversationId}`;
    const lane = (this.#lanes.get(name) ?? 0) + 1;
    this.#lanes.set(name, lane);
    await this.#of.get(link)?.send(link, { type: "submit", id: ++this.#ids, lane, command });
  }
}

const group = (...others: readonly string[]): Draft => ({
  ...{ type: "conversation.create", conversationId: "tea", kind: "group" },
  participants: others.map((userId) => ({ userId })),
});
const remove = (userId: string): Draft => ({ type: "participant.remove", conversationId: "tea", userId });
const add = (userId: string): Draft => ({ type: "participant.add", conversationId: "tea", userId });
const say = (text: string): Draft => message("tea", text);
const revs = (link: TestLink): number[] => link.all("change").map(({ change }) => change.rev);

/** "tea" with ada, bob and cy, at revision 4. */
async function tea(nodeOfOthers?: "another") {
  const nodes = new Nodes();
  const bench = await nodes.node();
  const other = nodeOfOthers ? await nodes.node() : bench;
  const ada = await nodes.join(bench, "ada");
  const [bob, cy] = [await nodes.join(other, "bob"), await nodes.join(other, "cy")];
  await nodes.give(ada, group("bob", "cy"));
  for (const link of [ada, bob, cy]) link.take();
  const pass = (ms: number): Promise<void> => nodes.clock.advance(ms);
  return { nodes, faults: nodes.faults, bench, other, ada, bob, cy, pass };
}

describe("a commit whose answer was lost", () => {
  it.each(["the same node", "another"] as const)(
    "[D4] is told to everybody on %s, though its author does not ask again",
    async (where) => {
      const { nodes, faults, ada, bob, pass } = await tea(where === "another" ? where : undefined);
      faults.forgotten = 1;
      await nodes.give(ada, say("stored, and nobody knows"));
      await pass(0);
      expect(ada.all("reject").map(({ code }) => code)).toEqual(["server/unavailable"]);
      expect(revs(bob)).toEqual([5]);
      expect(revs(ada)).toEqual([5]);
    },
  );

  it("[D8] that removes somebody tells them so, and nothing of what comes after", async () => {
    const { nodes, faults, ada, bob, cy } = await tea();
    faults.forgotten = 1;
    await Promise.all([nodes.give(ada, remove("cy")), nodes.give(bob, say("after"))]);
    expect(revs(bob)).toEqual([5, 6]);
    expect(revs(cy)).toEqual([5]);
  });

  it("[D8] holds up what comes after while the store cannot be read", async () => {
    const { nodes, faults, bench, ada, bob, cy, pass } = await tea();
    faults.forgotten = 1;
    faults.isDeaf = true;
    await nodes.give(ada, remove("cy"));
    await nodes.give(bob, say("after"));
    await bench.send(bob, { type: "signal", signal: { type: "watch", conversationIds: ["tea"] } });
    await bench.send(cy, { type: "signal", signal: { type: "typing", conversationId: "tea", active: true } });
    const typing = (): unknown[] => bob.all("signal").filter(({ signal }) => signal.type === "typing");
    await pass(3_000);
    expect([revs(ada), revs(bob), revs(cy), typing()]).toEqual([[], [], [], []]);
    faults.isDeaf = false;
    await pass(1_100);
    expect([revs(ada), revs(bob), revs(cy)]).toEqual([[5, 6], [5], [5]]);
    expect(typing()).toHaveLength(1);
  });

  it("lets in whom it brought in", async () => {
    const { nodes, faults, bench, ada } = await tea();
    const dan = await nodes.join(bench, "dan");
    dan.take();
    faults.forgotten = 2;
    await nodes.give(ada, add("dan"));
    expect(revs(dan)).toEqual([5]);
    await nodes.give(dan, { ...group("ada"), conversationId: "two" });
    expect(dan.take().at(-1)).toMatchObject({ change: { conversationId: "two" } });
    await nodes.give(ada, message("two", "and so on"));
    expect(revs(dan)).toEqual([4]);
  });

  it("[D4] is found also if the database gets round to it only later", async () => {
    const { nodes, faults, bench, ada, bob, pass } = await tea();
    faults.forgotten = 1;
    await nodes.give(ada, say("one"));
    expect(revs(bob)).toEqual([5]);
    const context = { actorId: "ada", at: 0, limits: defaultPolicy.limits };
    const command: Command = { commandId: newId(), at: 0, ...message("tea", "two") };
    await bench.store.commit([{ command, context }], () => undefined);
    await pass(16_000);
    expect(revs(bob)).toEqual([5, 6]);
  });
});

describe("a change that the bus lost", () => {
  it("[D4] is told all the same where it was committed, with nothing behind it", async () => {
    const { nodes, faults, bench, ada, bob, pass } = await tea();
    faults.lost = 1;
    await nodes.give(ada, say("lost"));
    await pass(200);
    expect(revs(bob)).toEqual([5]);
    await bench.send(bob, { type: "ping", n: 1, seen: 0 });
    expect(bob.all("pong")).toMatchObject([{ heads: [{ conversationId: "tea", rev: 5 }] }]);
  });

  it("[D4] that made a conversation is told to those it brought in", async () => {
    const nodes = new Nodes();
    const bench = await nodes.node();
    const [ada, bob] = [await nodes.join(bench, "ada"), await nodes.join(bench, "bob")];
    nodes.faults.lost = 1;
    await nodes.give(ada, group("bob"));
    await nodes.clock.advance(200);
    expect(bob.all("change")).toMatchObject([{ change: { conversationId: "tea" } }]);
  });

  it("[D3, D4] is told before the next, on a node that saw only that, and once", async () => {
    const { nodes, faults, ada, bob, cy, pass } = await tea("another");
    faults.lostElsewhere = 1;
    await nodes.give(ada, say("lost"));
    await nodes.give(ada, say("heard"));
    expect(revs(cy)).toEqual([]);
    await pass(200);
    await nodes.give(bob, say("and so on"));
    expect([revs(ada), revs(bob), revs(cy)]).toEqual([[7], [5, 6], [5, 6, 7]]);
  });

  it("[D4] is told before what waited for it, and that not to its own author", async () => {
    const { nodes, faults, ada, bob, cy, pass } = await tea("another");
    faults.lostElsewhere = 1;
    await nodes.give(ada, say("lost"));
    await nodes.give(bob, say("waits"));
    await pass(200);
    expect([revs(bob), revs(cy)]).toEqual([[5], [5, 6]]);
  });

  it("[D8] said that somebody went who is in again now: they hear nothing of between", async () => {
    const { nodes, faults, ada, bob, cy, pass } = await tea("another");
    faults.lostElsewhere = 1;
    await nodes.give(ada, remove("cy"));
    await nodes.give(ada, say("without cy"));
    await nodes.give(ada, add("cy"));
    await pass(200);
    expect(revs(bob)).toEqual([6, 7]);
    expect(revs(cy)).toEqual([7]);
  });

  it("[D8] brought somebody in: they hear nothing of before", async () => {
    const { nodes, faults, other, ada, pass } = await tea("another");
    const dan = await nodes.join(other, "dan");
    dan.take();
    faults.lostElsewhere = 2;
    await nodes.give(ada, say("without dan"));
    await nodes.give(ada, add("dan"));
    await nodes.give(ada, say("with dan"));
    await pass(200);
    expect(revs(dan)).toEqual([6, 7]);
  });
});

describe("somebody who comes while their conversation moves", () => {
  it("[D8] is told nothing of what was before they were in", async () => {
    const { nodes, faults, other, ada } = await tea("another");
    faults.lostElsewhere = 2;
    await nodes.give(ada, say("without dan"));
    await nodes.give(ada, add("dan"));
    const dan = await nodes.join(other, "dan");
    await nodes.give(ada, say("with dan"));
    await nodes.clock.advance(200);
    expect(revs(dan)).toEqual([6, 7]);
  });

  it("[D4] misses nothing that was told while nobody here was in", async () => {
    const nodes = new Nodes();
    const [here, there] = [await nodes.node(), await nodes.node()];
    const [ada, bob] = [await nodes.join(here, "ada"), await nodes.join(there, "bob")];
    nodes.faults.lostElsewhere = 1;
    await nodes.give(ada, group("bob"));
    expect(revs(bob)).toEqual([]);
    nodes.faults.meanwhile = async () => {
      nodes.faults.meanwhile = undefined;
      await nodes.give(ada, say("while bob is being let in"));
    };
    nodes.admitLoss();
    await nodes.clock.advance(200);
    expect(revs(bob)).toEqual([3, 4]);
  });
});
