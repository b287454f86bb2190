import { describe, expect, it } from "vitest";
import { newId, sending } from "../testing/dialled.ts";
import { createRefusedLanes } from "./refused-lanes.ts";

describe("one speaker's lanes on a link that others use", () => {
  it("[D7] let nothing pass behind what was refused for now, until that is given again", () => {
    const lanes = createRefusedLanes();
    const [first, second, third] = ["1", "2", "3"].map((text) => sending("general", text));
    if (!first || !second || !third) throw new Error("three");
    expect([first, second].map(lanes.admits)).toEqual([true, true]);
    lanes.refused(first);
    expect(lanes.admits(third)).toBe(false);
    expect(lanes.admits(sending("elsewhere", "goes on"))).toBe(true);
    expect([first, second, third].map(lanes.admits)).toEqual([true, true, true]);
  });

  it("[D7] begin again with whatever was held back, should the refused one be called off", () => {
    const lanes = createRefusedLanes();
    lanes.refused(sending("general", "called off"));
    const behind = sending("general", "behind");
    expect([lanes.admits(behind), lanes.admits(behind)]).toEqual([false, true]);
  });

  it("hold no mark of having read back: it commutes", () => {
    const lanes = createRefusedLanes();
    const mark = {
      type: "receipt.mark",
      commandId: newId(),
      conversationId: "general",
      at: 0,
      readSeq: 1,
    } as const;
    lanes.refused(mark);
    expect(lanes.admits(sending("general", "goes"))).toBe(true);
    lanes.refused(sending("general", "waits"));
    expect(lanes.admits(mark)).toBe(true);
  });
});
