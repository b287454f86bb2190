import { expect, it } from "vitest";
import { Tally } from "./tally.ts";

it("resolves once all that had come is answered, in whatever order, and whatever comes meanwhile", async () => {
  const tally = new Tally();
  await tally.settled();
  const [first, second] = [tally.arrive(), tally.arrive()];
  let isSettled = false;
  const settled = tally.settled().then(() => (isSettled = true));
  const third = tally.arrive();
  tally.answer([third]);
  tally.answer([second]);
  await new Promise(setImmediate);
  expect(isSettled).toBe(false);
  tally.answer([first]);
  await settled;
});
