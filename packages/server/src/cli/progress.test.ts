import { expect, it } from "vitest";
import { Progress, type Teller } from "./progress.ts";

function told(isTTY: boolean, total: number | undefined): string {
  let text = "";
  let now = 0;
  const to: Teller = { isTTY, write: (some) => (text += some) };
  const progress = new Progress({ to, what: "exported", unit: "messages", now: () => now });
  progress.total = total;
  for (const done of [500, 1_000, 3_000]) {
    now += 500;
    progress.reach(done);
  }
  now += 1_000;
  progress.add(1_000);
  progress.end("done");
  return text;
}

it("says once a second how much is done, how fast, and what is left (row D25)", () => {
  const lines = [
    "exported 1,000 of 10,000 messages, 1,000/s, 9 s left",
    "exported 4,000 of 10,000 messages, 1,600/s, 4 s left",
  ];
  expect(told(false, 10_000)).toBe([...lines, "done", ""].join("\n"));
  expect(told(true, 10_000)).toBe(`${lines.map((line) => `\r\u001B[2K${line}`).join("")}\r\u001B[2Kdone\n`);
  expect(told(false, undefined)).toContain("exported 1,000 messages, 1,000/s\n");
});
