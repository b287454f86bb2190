import { describe, expect, it } from "vitest";
import { MessagingError } from "../errors/messaging-error.ts";
import { createWaiting, expectSame, law, runKit } from "./kit.ts";
import { virtualClock } from "./virtual-clock.ts";

/** Of no page of docs/spec. */
const letter = "X";

/** A kit of three laws, one of them broken, and what it reports. */
async function run(count = 3) {
  const laws = [
    law<string>(`[${letter}1] keeps the first`, async () => {}),
    law<string>(`[${letter}2] keeps the | second`, async () => {
      throw new Error("a | b\nshould be c");
    }),
    law<string>(`[${letter}3] keeps the third`, async (bench) => expectSame(bench, "bench 3", "the bench")),
  ];
  const titles: string[] = [];
  const bodies: (() => Promise<void>)[] = [];
  const closed: string[] = [];
  const reports: string[] = [];
  let opened = 0;
  runKit<string>({
    describe(title, body) {
      titles.push(title);
      body();
    },
    it(title, body) {
      titles.push(title);
      bodies.push(body);
    },
    title: "the contract of a thing",
    groups: [
      { title: "good", laws: laws.slice(0, 1) },
      { title: "bad", laws: laws.slice(1) },
    ],
    open: async () => `bench ${(opened += 1)}`,
    close: async (bench) => void closed.push(bench),
    report: (table) => void reports.push(table),
  });
  const results: string[] = [];
  for (const body of bodies.slice(0, count)) {
    results.push(
      await body().then(
        () => "passed",
        () => "failed",
      ),
    );
  }
  return { titles, results, closed, reports };
}

describe("a conformance kit", () => {
  it("makes a test of each law, with a bench of its own that is closed in any case", async () => {
    const { titles, results, closed } = await run();
    expect(titles).toEqual([
      "the contract of a thing",
      "good",
      "[X1] keeps the first",
      "bad",
      "[X2] keeps the | second",
      "[X3] keeps the third",
    ]);
    expect(results).toEqual(["passed", "failed", "passed"]);
    expect(closed).toEqual(["bench 1", "bench 2", "bench 3"]);
  });

  it("reports once, when the last law has been checked, as a table", async () => {
    expect((await run(2)).reports).toEqual([]);
    expect((await run()).reports).toEqual([
      [
        "the contract of a thing: 2 of 3",
        "",
        "| law | what | kept |",
        "| --- | ---- | ---- |",
        "| X1 | keeps the first | yes |",
        "| X2 | keeps the \\| second | **no**: a \\| b should be c |",
        "| X3 | keeps the third | yes |",
      ].join("\n"),
    ]);
  });
});

describe("its comparison", () => {
  it("goes by what JSON says, not by the order of keys", () => {
    expectSame({ a: 1, b: [{ d: 1, c: 2 }] }, { b: [{ c: 2, d: 1 }], a: 1 }, "it");
    expect(() => expectSame({ a: [1, 2] }, { a: [2, 1] }, "it")).toThrow(
      'it should be {"a":[2,1]}; it is {"a":[1,2]}',
    );
  });
});

describe("its patience", () => {
  it("ends, with what should have been", async () => {
    const clock = virtualClock();
    const wait = createWaiting(100, clock);
    const results = [
      wait.until(() => false, "it should rain"),
      wait.settled(new Promise(() => {}), "it should settle"),
      wait.refused(new Promise(() => {}), "it should be refused"),
    ].map((each) => each.catch((error: unknown) => String(error)));
    await clock.advance(200);
    expect(await Promise.all(results)).toEqual([
      "Error: it should rain, within 100 ms",
      "Error: it should settle, within 100 ms",
      "Error: it should be refused, within 100 ms",
    ]);
    expect(clock.timers).toBe(0);
  });

  it("takes no other error for a refusal", async () => {
    const wait = createWaiting(100, virtualClock());
    const refusal = new MessagingError("rate/limited");
    expect(await wait.refused(Promise.reject(refusal), "it should be refused")).toBe(refusal);
    await expect(wait.refused(Promise.reject(new Error("x")), "it should be")).rejects.toThrow(
      "MessagingError",
    );
    await expect(wait.refused(Promise.resolve(), "it should be")).rejects.toThrow("it was accepted");
  });
});
