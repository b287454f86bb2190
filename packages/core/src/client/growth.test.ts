import { beforeAll, describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import { type CountSteps, countingSteps } from "../../test/steps.ts";

/** A logarithm grows by no more; one step for each of what is added, by twice as many. */
const SLACK = 200;

let steps: CountSteps;

beforeAll(async () => {
  steps = await countingSteps();
});

interface Costs {
  readonly send: number;
  readonly change: number;
  readonly receipt: number;
  readonly opening: number;
}

/** What each costs somebody who has so many conversations open, all with news, and looks at the list. */
async function among(count: number): Promise<Costs> {
  const conversations = Array.from({ length: count + 2 }, (_, index) => ({ conversationId: `c${index}` }));
  const here = world({ conversations: [{ conversationId: "general" }, ...conversations] });
  const [ada, room] = await member(here, "ada");
  const [ben, other] = await member(here, "ben");
  const looked: unknown[] = [];
  ada.conversations.subscribe((list) => looked.push(list));
  for (const { conversationId } of conversations.slice(0, count)) {
    ada.conversation(conversationId);
    await ben.conversation(conversationId).send("hello");
  }
  const settled = (work: () => unknown) => async (): Promise<void> => {
    await work();
    await here.clock.advance(1_000);
  };
  await settled(() => room.send("the first of all"))();
  const { length } = looked;
  const costs = {
    send: await steps(settled(() => room.send("hello"))),
    change: await steps(settled(() => other.send("hello"))),
    receipt: await steps(settled(() => other.markRead())),
    opening: await steps(settled(() => ada.conversation(`c${count}`))),
  };
  expect(looked.length).toBeGreaterThan(length);
  return costs;
}

describe("what it costs to have much", () => {
  it("[D9] a send, a change, a receipt and one more take no step for each of the conversations", async () => {
    const few = await among(100);
    const many = await among(500);
    for (const what of ["send", "change", "receipt", "opening"] as const) {
      expect({ what, isFlat: many[what] - few[what] < SLACK }).toEqual({ what, isFlat: true });
    }
  }, 60_000);

  it("[D9] a send takes no step for each of the commands that wait", async () => {
    const here = world({ conversations: [{ conversationId: "general" }] });
    const [ada, room] = await member(here, "ada");
    ada.disconnect();
    await here.clock.settle();
    const behind = async (count: number): Promise<number> => {
      const burst = Array.from({ length: count - ada.outbox.get().waiting }, () => room.send("hello"));
      await Promise.all(burst);
      return steps(() => room.send("hello"));
    };
    const few = await behind(100);
    const many = await behind(2_000);
    expect(many - few).toBeLessThan(SLACK);
  });
});
