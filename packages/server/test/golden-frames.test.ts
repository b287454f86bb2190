import { closeCodeOf } from "@tidings/core/protocol";
import { isErrorCode } from "@tidings/core/errors";
import { describe, expect, it } from "vitest";
import { goldenFrames, invalidFrames, toleratedFrames } from "../../core/test/frames/index.ts";
import { join, type RawClient } from "./support/raw-client.ts";
import { start } from "./support/start.ts";

/** The code a request was rejected with, if it was; waits for its answer, whatever that is. */
async function rejection(client: RawClient, id: number): Promise<string | undefined> {
  const isIt = (frame: { readonly id: number }): boolean => frame.id === id;
  const answers = (["ack", "result", "refreshed", "reject"] as const).map((type) => client.find(type, isIt));
  const answer = await Promise.race(answers);
  return answer.type === "reject" ? answer.code : undefined;
}

function idsOf(frames: readonly unknown[]): number[] {
  return frames.map((frame) => Object(frame).id).filter((id) => typeof id === "number");
}

describe("golden frames at the server", () => {
  it("are all understood, and every request among them answered once", async () => {
    const server = await start();
    // No hello a server would believe, and no next page of one it never gave.
    const elsewhere = /^hello|\.next$/;
    for (const { name, text, frames } of goldenFrames("client").filter(
      (each) => !elsewhere.test(each.name),
    )) {
      const ada = await join(server, "ada");
      ada.raw(text);
      const codes = await Promise.all(idsOf(frames).map((id) => rejection(ada, id)));
      await ada.settled();
      expect([name, codes.filter((code) => code?.endsWith("/malformed"))]).toEqual([name, []]);
      ada.cut();
    }
  });

  it("of another version are read for what is known of them", async () => {
    const server = await start();
    for (const { name, text, read } of toleratedFrames("client")) {
      const ada = await join(server, "ada");
      ada.raw(text);
      const codes = await Promise.all(idsOf(read).map((id) => rejection(ada, id)));
      await ada.settled();
      expect([name, codes.filter((code) => code?.endsWith("/malformed"))]).toEqual([name, []]);
      ada.cut();
    }
  });
});

describe("invalid frames at the server", () => {
  it("[D7] that can be answered are rejected alone, and the link goes on", async () => {
    const server = await start();
    for (const { name, text, code } of invalidFrames("client").filter(({ answer }) => answer === "reject")) {
      const ada = await join(server, "ada");
      ada.raw(text);
      expect([name, await rejection(ada, JSON.parse(text).id)]).toEqual([name, code]);
      await ada.settled();
      ada.cut();
    }
  });

  it("that cannot be answered end the link with the documented number, and harm nobody else", async () => {
    const server = await start();
    const ben = await join(server, "ben");
    for (const { name, text, code } of invalidFrames("client").filter(({ answer }) => answer === "close")) {
      const ada = await join(server, "ada");
      ada.raw(text);
      const closed = await ada.closed;
      expect([name, closed.code]).toEqual([name, isErrorCode(code) ? closeCodeOf(code) : "an unknown code"]);
      expect([name, ada.all("closing").map((frame) => frame.code)]).toEqual([name, [code]]);
    }
    await ben.settled();
  });
});
