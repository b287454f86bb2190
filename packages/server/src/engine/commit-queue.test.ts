import { describe, expect, it } from "vitest";
import { CommitQueue } from "./commit-queue.ts";

const item = (name: string) => ({ name, command: { conversationId: name.replace(/\d/, "") } });
const names = (items: readonly { readonly name: string }[]): string =>
  items.map(({ name }) => name).join(" ");

function queueOf(...given: readonly string[]): CommitQueue<ReturnType<typeof item>> {
  const queue = new CommitQueue<ReturnType<typeof item>>();
  for (const name of given) queue.push(item(name));
  return queue;
}

describe("what waits for its commit", () => {
  it("is taken in the order in which it came, so much at a time", () => {
    const queue = queueOf("a1", "b1", "a2");
    expect(names(queue.take(10))).toBe("a1 b1 a2");
    expect([queue.length, queue.isReady]).toEqual([0, false]);
  });

  it("[D3] waits while its conversation is being committed to, and not for others", () => {
    const queue = queueOf("a1", "a2", "b1", "a3");
    const first = queue.take(1);
    queue.push(item("a4"));
    queue.push(item("c1"));
    expect(queue.length).toBe(5);
    expect(names(queue.take(10))).toBe("b1 c1");
    expect(queue.isReady).toBe(false);
    queue.push(item("b2"));
    queue.release(first);
    expect(names(queue.take(2))).toBe("a2 a3");
    expect([queue.isReady, queue.length]).toEqual([false, 2]);
  });

  it("[D3] keeps the order of each conversation, whatever is taken and released", () => {
    const queue = queueOf();
    const taken: string[] = [];
    const underWay: (readonly ReturnType<typeof item>[])[] = [];
    for (let step = 0; step < 300; step += 1) {
      if (step < 200) queue.push({ name: String(step), command: { conversationId: String((step * 7) % 5) } });
      if (step % 3 !== 0 && queue.isReady) underWay.push(queue.take(1 + (step % 4)));
      const done = step % 5 < 2 ? underWay.splice(-1) : []; // the newest first
      for (const items of done) queue.release(items);
      taken.push(...done.flat().map(({ name }) => name));
    }
    expect(taken.length).toBeGreaterThan(150);
    for (let conversation = 0; conversation < 5; conversation += 1) {
      const of = taken.map(Number).filter((step) => (step * 7) % 5 === conversation);
      expect(of).toEqual(of.toSorted((a, b) => a - b));
    }
  });
});
