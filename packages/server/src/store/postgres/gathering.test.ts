import { DatabaseError } from "pg";
import { describe, expect, it } from "vitest";
import { Gathering } from "./gathering.ts";

interface Reading {
  readonly asked: readonly string[];
  answer(): void;
  fail(error: unknown): void;
}

/** Answers each with itself, when told to. */
function setUp() {
  const readings: Reading[] = [];
  const gathering = new Gathering<string, string>(
    (asked) =>
      new Promise((resolve, reject) => readings.push({ asked, answer: () => resolve(asked), fail: reject })),
  );
  const told: string[] = [];
  const ask = (...names: readonly string[]): void => {
    for (const name of names)
      void gathering.ask(name).then(
        (found) => told.push(found),
        (error: unknown) => told.push(`${name}: ${String(error)}`),
      );
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return { readings, told, ask, turn };
}

const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `user ${from + index}`);

describe("a gathering", () => {
  it("reads once for all who ask in one turn, and while others are answered once for all who wait", async () => {
    const { readings, told, ask, turn } = setUp();
    ask("ada", "bob");
    await turn();
    ask("cy");
    await turn();
    ask("dan");
    await turn();
    ask("eve");
    await turn();
    expect(readings.map(({ asked }) => asked)).toEqual([["ada", "bob"], ["cy"]]);
    readings[1]?.answer();
    await turn();
    expect(readings[2]?.asked).toEqual(["dan", "eve"]);
    for (const reading of readings) reading.answer();
    await turn();
    expect(told).toEqual(["cy", "ada", "bob", "dan", "eve"]);
  });

  it("[D9] reads for 64 at most, in two at once", async () => {
    const { readings, told, ask, turn } = setUp();
    ask(...names(0, 200));
    await turn();
    expect(readings.map(({ asked }) => asked.length)).toEqual([64, 64]);
    for (let done = 0; done < 4; done += 1) {
      readings[done]?.answer();
      await turn();
    }
    expect(told).toEqual(names(0, 200));
  });

  it("asks again one by one when one is refused, and refuses only that one", async () => {
    const { readings, told, ask, turn } = setUp();
    ask("ada", "\\u0000", "bob");
    await turn();
    const refused = new DatabaseError("invalid byte sequence", 0, "error");
    refused.code = "22021";
    readings[0]?.fail(refused);
    await turn();
    readings[1]?.answer();
    await turn();
    readings[2]?.fail(refused);
    await turn();
    readings[3]?.answer();
    await turn();
    expect(told).toEqual(["ada", "\\u0000: error: invalid byte sequence", "bob"]);
  });

  it("tells those too who wait that the database is away, and reads for whoever asks later", async () => {
    const { readings, told, ask, turn } = setUp();
    ask(...names(0, 130));
    await turn();
    readings[0]?.fail(new Error("away"));
    await turn();
    expect(told).toEqual([...names(0, 64), ...names(128, 130)].map((name) => `${name}: Error: away`));
    ask("late");
    await turn();
    expect(readings[2]?.asked).toEqual(["late"]);
  });
});
