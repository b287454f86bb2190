import { describe, expect, it } from "vitest";
import { FrameList, type Packet } from "./frame-list.ts";

const packet = (text: string): Packet => ({ text });

describe("a frame list", () => {
  it("is one frame alone, or an array of them", () => {
    const one = FrameList.none().append(packet("1"));
    expect(one.toText()).toBe("1");
    expect(one.append(packet("2")).append(packet("3")).toText()).toBe("[1,2,3]");
  });

  it("is the same for sockets that wait for the same packets, and another where they part", () => {
    const none = FrameList.none();
    const [a, b, ack] = [packet("a"), packet("b"), packet("ack")];
    const first = none.append(a);
    const second = none.append(a);
    expect(second).toBe(first);
    const sender = first.append(ack);
    expect(first.append(b)).toBe(second.append(b));
    expect(sender.append(b).toText()).toBe("[a,ack,b]");
    expect(first.append(b).toText()).toBe("[a,b]");
  });

  it("tells packets apart by identity: equal texts may be a coincidence", () => {
    const none = FrameList.none();
    expect(none.append(packet("x"))).not.toBe(none.append(packet("x")));
  });

  it("knows how much it holds", () => {
    const list = FrameList.none().append(packet("12")).append(packet("345"));
    expect([list.count, list.length]).toEqual([2, 5]);
  });

  it("keeps nothing after a restart", () => {
    const none = FrameList.none();
    const a = packet("a");
    const before = none.append(a);
    none.restart();
    expect(none.append(a)).not.toBe(before);
  });
});
