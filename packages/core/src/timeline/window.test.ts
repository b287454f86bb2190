import { describe, expect, it } from "vitest";
import { createScope } from "../base/observable.ts";
import { type BareCommand } from "../../test/timeline/backend.ts";
import { createLab, type Lab } from "../../test/timeline/lab.ts";
import { createWindow, type TimelineWindow } from "./window.ts";

const scope = createScope((error) => {
  throw error;
});

const say = (text: string): BareCommand => ({ type: "message.send", kind: "text", content: { text } });

/** Messages 1 to `count`, of which the last `loaded` are here. */
function labWith(count: number, loaded: number): Lab {
  const lab = createLab();
  for (let seq = 1; seq <= count; seq += 1) lab.act("bob", say(String(seq)));
  lab.inFlight.length = 0;
  lab.repair(loaded);
  return lab;
}

function arrive(lab: Lab, text: string): void {
  lab.act("bob", say(text));
  for (const deliver of lab.inFlight.splice(0)) deliver();
}

function texts(window: TimelineWindow): readonly string[] {
  return window.get().items.map((item) => {
    if (item.type === "hole") return "…";
    return "text" in item.message.content ? item.message.content.text : "";
  });
}

const idAt = (lab: Lab, seq: number): string => lab.backend.messageAt(seq)?.id ?? "";

describe("a window", () => {
  it("shows the newest items and follows them", () => {
    const lab = labWith(9, 5);
    const window = createWindow(lab.replica.view, { size: 3 }, scope);
    expect(texts(window)).toEqual(["7", "8", "9"]);
    expect(window.get()).toMatchObject({ hasOlder: true, hasNewer: false });
    arrive(lab, "10");
    lab.give(say("mine"));
    expect(texts(window)).toEqual(["9", "10", "mine"]);
  });

  it("[L14] stays with its messages when others come before or after them", () => {
    const lab = labWith(9, 5);
    const window = createWindow(lab.replica.view, { size: 3 }, scope);
    window.scroll(-2);
    expect(texts(window)).toEqual(["5", "6", "7"]);
    arrive(lab, "10");
    expect(texts(window)).toEqual(["5", "6", "7"]);
    expect(window.get()).toMatchObject({ hasOlder: true, hasNewer: true });
    lab.loadAll();
    expect(texts(window)).toEqual(["5", "6", "7"]);
    window.scroll(-2);
    expect(texts(window)).toEqual(["3", "4", "5"]);
    window.scroll(-9);
    expect(texts(window)).toEqual(["1", "2", "3"]);
    expect(window.get()).toMatchObject({ hasOlder: false, hasNewer: true });
  });

  it("[L14] follows the newest again once it is scrolled to the end", () => {
    const lab = labWith(9, 9);
    const window = createWindow(lab.replica.view, { size: 3 }, scope);
    window.scroll(-4);
    window.scroll(3);
    expect(texts(window)).toEqual(["6", "7", "8"]);
    window.scroll(5);
    arrive(lab, "10");
    expect(texts(window)).toEqual(["8", "9", "10"]);
  });

  it("jumps to a message, puts it in the middle, and back to the newest", () => {
    const lab = labWith(9, 9);
    const window = createWindow(lab.replica.view, { size: 3, anchor: idAt(lab, 2) }, scope);
    expect(texts(window)).toEqual(["1", "2", "3"]);
    expect(window.jumpTo(idAt(lab, 6))).toBe(true);
    expect(texts(window)).toEqual(["5", "6", "7"]);
    expect(window.jumpTo("unheard of")).toBe(false);
    expect(texts(window)).toEqual(["5", "6", "7"]);
    expect(window.jumpTo("newest")).toBe(true);
    expect(texts(window)).toEqual(["7", "8", "9"]);
  });

  it("does not follow when it was jumped to the last message", () => {
    const lab = labWith(4, 4);
    const window = createWindow(lab.replica.view, { size: 3 }, scope);
    window.jumpTo(idAt(lab, 4));
    arrive(lab, "5");
    expect(texts(window)).toEqual(["2", "3", "4"]);
  });

  it("begins at the newest when the message asked for is not loaded", () => {
    const lab = labWith(9, 2);
    expect(texts(createWindow(lab.replica.view, { size: 1, anchor: idAt(lab, 1) }, scope))).toEqual(["9"]);
  });

  it("shows holes and stays where it is while they are filled", () => {
    const lab = labWith(2, 2);
    for (const text of ["3", "4", "5", "6"]) lab.act("bob", say(text));
    lab.inFlight.at(-1)?.();
    const window = createWindow(lab.replica.view, { size: 2 }, scope);
    window.scroll(-1);
    expect(texts(window)).toEqual(["2", "…"]);
    window.scroll(1);
    window.scroll(-1);
    lab.repair();
    expect(texts(window)).toEqual(["2", "3"]);
  });

  it("stays near when the message it held on to is no longer there", () => {
    const lab = labWith(9, 9);
    const window = createWindow(lab.replica.view, { size: 3 }, scope);
    window.jumpTo(idAt(lab, 2));
    lab.backend.prune(5);
    lab.replica.acceptHistory(lab.backend.history({}, 1));
    expect(texts(window)).toEqual(["5", "6", "7"]);
  });

  it("is the same object until something in it changes, and tells only then", () => {
    const lab = labWith(9, 9);
    const window = createWindow(lab.replica.view, { size: 3 }, scope);
    window.jumpTo(idAt(lab, 4));
    let calls = 0;
    const end = window.subscribe(() => (calls += 1));
    const before = window.get();
    lab.give({ type: "message.react", messageId: idAt(lab, 9), emoji: "👍" });
    arrive(lab, "10");
    expect(window.get()).toBe(before);
    expect(calls).toBe(0);
    lab.give({ type: "message.react", messageId: idAt(lab, 4), emoji: "👍" });
    expect(calls).toBe(1);
    window.scroll(-1);
    expect(calls).toBe(2);
    end();
    window.scroll(-1);
    expect(calls).toBe(2);
  });

  it("shows what there is where there is little", () => {
    const lab = createLab();
    const window = createWindow(lab.replica.view, { size: 3 }, scope);
    expect(window.get()).toEqual({ items: [], hasOlder: false, hasNewer: false });
    window.scroll(-1);
    lab.give(say("mine"));
    expect(texts(window)).toEqual(["mine"]);
    lab.give(say("mine too"));
    expect(texts(window)).toEqual(["mine", "mine too"]);
  });
});
