import type { ClientFrame } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { type Bus, type BusEvent } from "../../src/bus/bus.ts";
import { inProcessBus } from "../../src/bus/in-process-bus.ts";
import { openLibsqlStore, type Store } from "../../src/store/index.ts";
import { EngineBench, sendFrame, type TestLink } from "../support/engine-bench.ts";
import { newId } from "../support/raw-client.ts";

/** A store of which one verb can be exchanged while it runs. */
function changeable(store: Store): Store & { instead: Store["commit"] | undefined } {
  return {
    epoch: store.epoch,
    instead: undefined,
    commitsAtOnce: 2,
    commit(items, admit) {
      return (this.instead ?? store.commit.bind(store))(items, admit);
    },
    query: (...given) => store.query(...given),
    memberships: (userId) => store.memberships(userId),
    wasIn: (...given) => store.wasIn(...given),
    forgetAnswers: (before) => store.forgetAnswers(before),
    close: () => store.close(),
  };
}

const failed = new Error("the disk is on fire");
const codes = (link: TestLink): string[] =>
  link.take().flatMap((frame) => {
    if (frame.type === "reject") return [frame.code];
    return frame.type === "ack" ? ["ack"] : [];
  });

async function setUp() {
  const sound = openLibsqlStore();
  const store = changeable(sound);
  const inner = inProcessBus();
  const faults = { bus: false };
  const bus: Bus = {
    ...inner,
    publish(events: readonly BusEvent[]) {
      if (faults.bus) throw failed;
      inner.publish(events);
    },
  };
  const bench = await EngineBench.open({ store, bus });
  const [ada, bob] = [await bench.join("ada"), await bench.join("bob")];
  for (const link of [ada, bob]) link.take();
  return { bench, store, sound, faults, ada, bob };
}

describe("a commit in which something throws", () => {
  it.each<[string, (sound: Store) => Store["commit"]]>([
    ["before anything is stored", () => () => Promise.reject(failed)],
    [
      "synchronously",
      () => () => {
        throw failed;
      },
    ],
    [
      "after all was asked, and nobody knows whether it is stored",
      (sound) => async (items, admit) => {
        await sound.commit(items, admit);
        throw failed;
      },
    ],
    [
      "after some were asked",
      () => async (items, admit) => {
        for (const item of items.slice(0, 1)) admit(item, false);
        throw failed;
      },
    ],
  ])("in the store, %s, is refused for now, and the next one comes", async (_, fail) => {
    const { bench, store, sound, ada, bob } = await setUp();
    store.instead = fail(sound);
    const frames = [sendFrame("general", "one", 1), sendFrame("general", "two", 2)];
    await bench.send(ada, ...frames);
    expect(codes(ada)).toEqual(["server/unavailable", "server/unavailable"]);
    expect(bench.failures).toHaveLength(1);
    store.instead = undefined;
    await bench.send(ada, ...frames);
    expect(codes(ada)).toEqual(["ack", "ack"]);
    await bench.send(bob, sendFrame("general", "three", 1));
    expect(codes(bob)).toEqual(["ack"]);
  });

  it("[D4] in the store, after all was stored, is told to everybody, and answered when its author asks again", async () => {
    const { bench, store, sound, ada, bob } = await setUp();
    store.instead = async (items, admit) => {
      await sound.commit(items, admit);
      throw failed;
    };
    const frame = sendFrame("general", "stored, and nobody was told", 1);
    await bench.send(ada, frame);
    expect(bob.all("change").map(({ change }) => change.commandId)).toEqual([frame.command.commandId]);
    store.instead = undefined;
    await bench.send(ada, frame);
    expect(codes(ada)).toEqual(["server/unavailable", "ack"]);
    expect(bob.all("change")).toHaveLength(1);
    await bench.send(bob, { type: "ping", n: 1, seen: 0 });
    const [pong] = bob.all("pong");
    expect(pong?.heads).toMatchObject([{ conversationId: "general", seq: 1 }]);
  });

  it("in the bus has been answered all the same, and the next one comes", async () => {
    const { bench, faults, ada, bob } = await setUp();
    faults.bus = true;
    await bench.send(ada, sendFrame("general", "one", 1), sendFrame("general", "two", 2));
    expect(codes(ada)).toEqual(["ack", "ack"]);
    expect(bench.failures).toEqual([failed]);
    faults.bus = false;
    await bench.clock.advance(50);
    expect(bob.all("change").map(({ change }) => change.kind)).toEqual(["message.send", "message.send"]);
    await bench.send(bob, sendFrame("general", "three", 1));
    expect(codes(bob)).toEqual(["ack"]);
    expect(codes(ada)).toEqual([]);
  });

  it("on one link costs that link its answer, and nobody else theirs", async () => {
    const { bench, ada, bob } = await setUp();
    ada.write = () => {
      throw failed;
    };
    const both = [
      bench.send(ada, sendFrame("general", "one", 1)),
      bench.send(bob, sendFrame("general", "two", 1)),
    ];
    await Promise.all(both);
    expect(bench.failures).toContain(failed);
    expect(ada.ended).toBe("cut");
    expect(codes(bob)).toEqual(["ack"]);
    await bench.send(bob, sendFrame("general", "three", 2));
    expect(codes(bob)).toEqual(["ack"]);
  });

  it("is settled for whoever drains the server", async () => {
    const { bench, store, ada } = await setUp();
    store.instead = () => Promise.reject(failed);
    void bench.send(ada, sendFrame("general", "one", 1));
    const drained = bench.engine.drain(100);
    await bench.clock.advance(10);
    await drained;
    expect(ada.ended).toBe("server/draining");
  });
});

describe("commits at the same time", () => {
  /** Two groups of Ada's, and a store whose commits wait for the test. */
  async function twoGroups() {
    const { bench, store, sound, ada } = await setUp();
    await bench.send(ada, createFrame("a", 1), createFrame("b", 1), createFrame("c", 1));
    const waiting: { readonly of: readonly string[]; readonly go: () => void }[] = [];
    store.instead = async (items, admit) => {
      const outcomes = await sound.commit(items, admit);
      const of = items.map(({ command }) => command.conversationId);
      await new Promise<void>((go) => waiting.push({ of, go }));
      return outcomes;
    };
    codes(ada);
    return { bench, ada, waiting };
  }

  it("are two where one takes long, as many as the store takes, and one of each conversation", async () => {
    const { bench, ada, waiting } = await twoGroups();
    const under = (): readonly (readonly string[])[] => waiting.map(({ of }) => of);
    await bench.send(ada, sendFrame("a", "one", 2));
    await bench.send(ada, sendFrame("a", "two", 3), sendFrame("b", "one", 2));
    expect(under()).toEqual([["a"]]); // it may be over soon
    await bench.clock.advance(20);
    await bench.send(ada, sendFrame("c", "one", 2), sendFrame("a", "three", 4));
    expect(under()).toEqual([["a"], ["b"]]);
    waiting[1]?.go();
    await bench.clock.advance(0);
    expect(codes(ada)).toEqual(["ack"]);
    expect(under()).toEqual([["a"], ["b"], ["c"]]);
    waiting[0]?.go();
    await bench.clock.advance(20);
    expect(under()[3]).toEqual(["a", "a"]);
    for (const { go } of waiting) go();
    await bench.clock.advance(0);
    expect(codes(ada)).toEqual(["ack", "ack", "ack", "ack"]);
    expect(bench.failures).toEqual([]);
  });

  it("are all waited for by whoever drains the server", async () => {
    const { bench, ada, waiting } = await twoGroups();
    await bench.send(ada, sendFrame("a", "one", 2));
    await bench.send(ada, sendFrame("b", "one", 2));
    await bench.clock.advance(20);
    const drained = bench.engine.drain(100);
    waiting[1]?.go();
    await bench.clock.advance(0);
    expect(ada.ended).toBeUndefined();
    waiting[0]?.go();
    await bench.clock.advance(10);
    await drained;
    expect(codes(ada)).toEqual(["ack", "ack"]);
    expect(ada.ended).toBe("server/draining");
  });
});

function createFrame(conversationId: string, lane: number): ClientFrame {
  const command = {
    type: "conversation.create",
    commandId: newId(),
    conversationId,
    at: 0,
    kind: "group",
  } as const;
  return { type: "submit", id: lane, lane, command };
}
