import { describe, expect, it } from "vitest";
import { parsePlan } from "../src/simulator/plan.ts";
import { runPlan } from "../src/simulator/run.ts";

/**
 * What seeds have found, in as few steps as it takes: a seed means something else once the code has changed, its steps
 * do not.
 */
const found: readonly (readonly [title: string, plan: string])[] = [
  [
    "[D9] a client whose disk is full does not drop an absent conversation for ever",
    `seed 44; devices ada bob cyd; rates none; disks relaxed
     fault diskFull of 2 (cyd) by 19308641
     wait 400`,
  ],
  [
    "[D4] a commit whose answer the server did not get is told to the other members",
    `seed 205; devices ada bob cyd; rates none; disks strict
     wait 100
     act send of 1 (bob) by 1584122765
     fault forgetCommit of 1 (bob) by 1479531821
     wait 73`,
  ],
  [
    "[D4] such a commit is told also if its author takes it back before asking again",
    `seed 32595; devices ada bob cyd ada; rates tight; disks strict
     act send of 0 (ada) by 544881596
     wait 247
     fault forgetCommit of 3 (ada) by 57114293
     act edit of 3 (ada) by 528626686
     wait 10
     act cancel of 3 (ada) by 1478796827`,
  ],
];

describe("what the simulation has found", () => {
  it.each(found)("%s", async (_title, plan) => {
    const { failure } = await runPlan(parsePlan(plan));
    expect(failure).toBeUndefined();
  });
});
