import { describe, expect, it } from "vitest";
import { mark, say } from "../test/harness.ts";
import { createLanes } from "./lanes.ts";

/** Places a command, uses its number up, and gives the place. */
function taker() {
  const lanes = createLanes();
  return (command: Parameters<typeof lanes.place>[0]) => {
    const place = lanes.place(command);
    place.take();
    return place;
  };
}

describe("createLanes", () => {
  it("[D7] numbers each conversation's commands from 1", () => {
    const take = taker();
    const numbers = ["a", "b", "a", "a", "b"].map((conversation) => take(say("x", conversation)).number);
    expect(numbers).toEqual([1, 1, 2, 3, 2]);
  });

  it("gives what commutes no number and uses none up for it", () => {
    const take = taker();
    expect([take(say("x")).number, take(mark()).number, take(say("x")).number]).toEqual([1, undefined, 2]);
  });

  it("uses no number up for what was placed and not taken", () => {
    const lanes = createLanes();
    expect([lanes.place(say("x")).number, lanes.place(say("x")).number]).toEqual([1, 1]);
  });

  it("[D7] begins again where the server waits, once a refused command comes back", () => {
    const take = taker();
    const [one, two, three] = [say("1"), say("2"), say("3")];
    take(one);
    const [second, third] = [take(two), take(three)];
    second.refused(2);
    third.refused(2);
    expect([take(two), take(three), take(say("4"))].map(({ number }) => number)).toEqual([2, 3, 4]);
  });

  it("[D7] numbers on while whoever submits cannot know of the refusal yet", () => {
    const take = taker();
    const refused = say("refused");
    take(refused).refused(1);
    // Numbered 1 it would be accepted in front of the refused one.
    const hasty = say("hasty");
    const place = take(hasty);
    expect(place.number).toBe(2);
    place.refused(1);
    expect([take(refused), take(hasty)].map(({ number }) => number)).toEqual([1, 2]);
  });

  it("[D7] lets late refusals of the run before say nothing about the new one", () => {
    const take = taker();
    const [one, two] = [say("1"), say("2")];
    const first = take(one);
    const second = take(two);
    first.refused(1);
    expect(take(one).number).toBe(1);
    second.refused(1);
    expect([take(two).number, take(say("3")).number]).toEqual([2, 3]);
  });

  it("begins again at the lowest number a server named, or at the refused one if it named none", () => {
    const take = taker();
    const [one, two, three] = [say("1"), say("2"), say("3")];
    const places = [take(one), take(two), take(three)];
    places[1]?.refused(undefined);
    places[2]?.refused(9);
    expect([take(two).number, take(three).number]).toEqual([2, 3]);
  });

  it("goes on behind the refused ones that were given up", () => {
    const take = taker();
    const [one, two] = [say("given up"), say("2")];
    const [first, second] = [take(one), take(two)];
    first.refused(1);
    second.refused(1);
    expect(take(two).number).toBe(1);
  });
});
