import { describe, expect, it } from "vitest";
import { createScope } from "./observable.ts";
import { whileWatched } from "./while-watched.ts";

describe("what is done while somebody listens", () => {
  it("begins with the first listener and ends with the last, and may begin again", () => {
    const log: string[] = [];
    const cell = createScope(() => {}).cell(0);
    const watched = whileWatched(cell, () => {
      log.push("begin");
      return [() => log.push("end"), () => log.push("end, too")];
    });
    expect(watched.get()).toBe(0);
    const stops = [watched.subscribe(() => {}), watched.subscribe((value) => log.push(`${value}`))];
    cell.set(1);
    stops[0]?.();
    stops[0]?.();
    expect(log).toEqual(["begin", "1"]);
    stops[1]?.();
    expect(log.splice(0)).toEqual(["begin", "1", "end", "end, too"]);
    watched.subscribe(() => {})();
    expect(log).toEqual(["begin", "end", "end, too"]);
  });

  it("tells the listener of what it changes at once", () => {
    const cell = createScope(() => {}).cell("before");
    const watched = whileWatched(cell, () => {
      cell.set("after");
      return [];
    });
    const heard: string[] = [];
    watched.subscribe((value) => heard.push(value));
    expect(heard).toEqual(["after"]);
  });
});
