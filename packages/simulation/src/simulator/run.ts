import type { Conversation } from "@tidings/core";
import { seededRandom } from "@tidings/core/testing";
import type { CoverageCounts } from "./coverage.ts";
import type { FileWatch } from "./files/file-watch.ts";
import { reportFaults } from "./report-faults.ts";
import { leftovers, relics } from "./keeping.ts";
import { NOOK, ROOM } from "./people.ts";
import { type Plan, planOf, type Step } from "./plan.ts";
import { EndlessLoop } from "./time.ts";
import { inflict, relieve } from "./trouble.ts";
import { createWorld, type Violation, type World } from "./world.ts";

/** How one run ended. */
export interface Verdict {
  readonly plan: Plan;
  /** The first thing that was wrong, and after how many steps. */
  readonly failure: (Violation & { readonly step: number }) | undefined;
  readonly coverage: CoverageCounts;
  /** Things that happened: timers, deliveries, turns. */
  readonly events: number;
}

export function runSeed(seed: number): Promise<Verdict> {
  return runPlan(planOf(seed));
}

export async function runPlan(plan: Plan): Promise<Verdict> {
  const world = await createWorld(plan);
  let step = 0;
  const isSound = (): boolean => world.violations.length === 0;
  try {
    for (; step < plan.steps.length && isSound(); step += 1) {
      const next = plan.steps[step];
      if (next) await take(world, next);
      world.oracle.check();
    }
    if (isSound()) await converge(world, plan);
  } catch (error) {
    if (!(error instanceof EndlessLoop)) throw error;
    world.violate("D9", error.message);
  } finally {
    await world.close();
  }
  const [first] = world.violations;
  return {
    plan,
    failure: first && { ...first, step },
    coverage: world.coverage.counts(),
    events: world.time.happened,
  };
}

async function take(world: World, step: Step): Promise<void> {
  if (step.type === "wait") return world.time.pass(step.ms);
  const random = seededRandom(step.chance);
  world.coverage.count(step.type, step.name);
  if (step.type === "fault") inflict(world, step.name, step.device, random);
  else {
    const device = world.devices[step.device];
    if (device) world.people.act(device, step.name, random);
  }
  await world.time.pass(0);
}

/** Looked at so often whether all is at rest. */
const ROUND_MS = 1_000;
/** Twenty minutes: far longer than any wait there is. */
const MOST_ROUNDS = 1_200;
/** The help is repeated, as people would: who was refused for want of a token tries again. */
const RELIEF_ROUNDS = 20;
/** Watermarks are told after a moment, and again after a failure; nobody can tell from outside that none is due. */
const RECEIPTS_MS = 6_000;

/**
 * When nothing goes wrong any more everything comes to rest: first as it is, so that what was lost on links that live
 * is noticed without a new one (D4); then once more on new links, after which even watermarks must be right.
 */
async function converge(world: World, { setting }: Plan): Promise<void> {
  await rest(world, false);
  if (setting.retention) await tidyUp(world);
  world.oracle.judge(false);
  await resume(world);
  if (!world.oracle.areReceiptsRight()) {
    // What this very resume has moved may have been told before its reader had asked: once more, with time for it.
    await world.time.pass(RECEIPTS_MS);
    await resume(world);
  }
  for (const device of world.devices) await loadOlder(world, device.room(ROOM));
  world.oracle.judge(true);
  for (const fault of reportFaults(world.apart, await world.host.cases())) world.violate("D1", fault);
  if (setting.retention) await judgeKeeping(world);
  if (world.files) await judgeFiles(world, world.files);
}

/** As the server does once an hour: what it deleted when a fault kept it from saying so it tells now. */
async function tidyUp(world: World): Promise<void> {
  world.host.tidy();
  await world.time.pass(ROUND_MS);
  await rest(world, false);
}

/** Longer than anything is kept that somebody wants gone after a time. */
const OLD_MS = 120_000;

/** What is not kept is gone at the server, on every screen, and, all devices started anew, on every disk. */
async function judgeKeeping(world: World): Promise<void> {
  const { host, devices, time } = world;
  await time.pass(OLD_MS);
  const atMs = time.now();
  host.tidy();
  await resume(world);
  judgeKept(world, atMs);
  for (const device of devices) device.crash(true);
  await rest(world, true);
  judgeKept(world, atMs);
}

function judgeKept({ devices, ledger, violate }: World, atMs: number): void {
  for (const id of [ROOM, NOOK]) {
    const account = ledger.account(id);
    for (const fault of leftovers(account, atMs)) violate("D9", `${id}: ${fault}`);
    for (const device of devices) {
      const room = device.room(id);
      const isIn = account.presences.get(device.userId)?.at(-1)?.isIn;
      for (const fault of room && isIn ? relics(room, account) : [])
        violate("D9", `${device.name} ${id}: ${fault}`);
    }
  }
}

/** Longer than anybody keeps a file that nobody sent, however clocks were set meanwhile. */
const OVER_A_DAY_MS = 36 * 3_600_000;
const SWEEP_MS = 5_000;
/** By then nothing is started any more because of an earlier fault. */
const LATE_STARTS_MS = 20_000;

/** Everybody reads what they may; and a day later, with everything started anew, nothing is left of what nobody needs. */
async function judgeFiles(world: World, files: FileWatch): Promise<void> {
  const { host, devices, time } = world;
  await files.read();
  await time.pass(LATE_STARTS_MS);
  for (const device of devices) device.crash(true);
  host.crash(true);
  await time.pass(OVER_A_DAY_MS);
  await rest(world, true);
  void host.sweep();
  await time.pass(SWEEP_MS);
  await rest(world, true);
  files.judgeLeftovers();
}

async function resume(world: World): Promise<void> {
  for (const { wire } of world.devices) wire.cut(false);
  await world.time.pass(ROUND_MS);
  await rest(world, true);
}

async function rest(world: World, isResumed: boolean): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (round % RELIEF_ROUNDS === 0) await relieve(world);
    await world.time.pass(ROUND_MS);
    if (world.violations.length > 0 || world.oracle.unrest(isResumed) === undefined)
      return world.oracle.check();
  }
  world.violate(
    "D4",
    `no rest after ${(MOST_ROUNDS * ROUND_MS) / 1_000} s: ${world.oracle.unrest(isResumed)}`,
  );
}

async function loadOlder(world: World, room: Conversation | undefined): Promise<void> {
  for (let pages = 0; pages < 50 && room?.timeline.get().hasOlder; pages += 1) {
    void room.timeline.loadOlder().catch(() => {});
    await world.time.pass(1_000);
  }
}
