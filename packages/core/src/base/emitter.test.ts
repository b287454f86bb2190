import { describe, expect, it } from "vitest";
import { createEmitter, type Emitter } from "./emitter.ts";

interface Events {
  readonly said: string;
  readonly counted: number;
}

function emitterWithErrors(): { emitter: Emitter<Events>; errors: unknown[] } {
  const errors: unknown[] = [];
  return { emitter: createEmitter<Events>((error) => errors.push(error)), errors };
}

describe("createEmitter", () => {
  it("tells the listeners of an event, in the order they came, and no others", () => {
    const { emitter } = emitterWithErrors();
    const heard: unknown[] = [];
    emitter.on("said", (text) => heard.push(`1 ${text}`));
    emitter.on("said", (text) => heard.push(`2 ${text}`));
    emitter.on("counted", (count) => heard.push(count));
    emitter.emit("said", "hello");
    expect(heard).toEqual(["1 hello", "2 hello"]);
  });

  it("[D10] reports a listener that throws and still tells the others and the one who emits", () => {
    const { emitter, errors } = emitterWithErrors();
    const heard: string[] = [];
    emitter.on("said", () => {
      throw new Error("mine");
    });
    emitter.on("said", (text) => heard.push(text));
    expect(() => emitter.emit("said", "hello")).not.toThrow();
    expect(heard).toEqual(["hello"]);
    expect(errors).toEqual([new Error("mine")]);
  });

  it("ends exactly the subscription that was ended, also for a function given twice", () => {
    const { emitter } = emitterWithErrors();
    const heard: string[] = [];
    const listener = (text: string): void => void heard.push(text);
    const off = emitter.on("said", listener);
    emitter.on("said", listener);
    off();
    off();
    emitter.emit("said", "once");
    expect(heard).toEqual(["once"]);
  });

  it("lets a listener end itself, or begin another, while it is told", () => {
    const { emitter } = emitterWithErrors();
    const heard: string[] = [];
    const off = emitter.on("said", (text) => {
      heard.push(`first ${text}`);
      off();
      emitter.on("said", (later) => heard.push(`later ${later}`));
    });
    emitter.on("said", (text) => heard.push(`second ${text}`));
    emitter.emit("said", "a");
    emitter.emit("said", "b");
    expect(heard).toEqual(["first a", "second a", "second b", "later b"]);
  });

  it("is silent after clear", () => {
    const { emitter } = emitterWithErrors();
    const heard: string[] = [];
    emitter.on("said", (text) => heard.push(text));
    emitter.clear();
    emitter.emit("said", "nobody");
    expect(heard).toEqual([]);
  });

  it("[D10] reports an async listener whose promise is rejected, and to what it listened", async () => {
    const reports: unknown[] = [];
    const emitter = createEmitter<Events>((error, name) => reports.push(error, name));
    emitter.on("said", (): unknown => Promise.reject(new Error("later")));
    emitter.emit("said", "hello");
    await Promise.resolve();
    await Promise.resolve();
    expect(reports).toEqual([new Error("later"), "said"]);
  });
});
