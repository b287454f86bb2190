import type { Random } from "@tidings/core";
import { anyOf, isLikely, pick, pickWeighted } from "../chance.ts";
import type { ServerProcess } from "../server-process.ts";
import { pause } from "./chatter.ts";
import type { Chronicle } from "./chronicle.ts";
import type { ChaosMember, Death } from "./member.ts";

/** What goes wrong, and how often. */
const weights = {
  "kill member": 3,
  "crash page": 1,
  "kill browser": 0.5,
  "kill server": 1,
  cut: 4,
  "cut in mid-frame": 4,
  "black hole": 1,
  slow: 1,
  "fill quota": 2,
  heal: 3,
};
export type FaultName = keyof typeof weights;

/** A fault that is to happen in any case. */
export interface PlannedFault {
  readonly name: FaultName;
  /** Whom it befalls, where that is a member; anybody if absent. */
  readonly userId?: string;
}

export interface Stage {
  readonly server: ServerProcess;
  readonly members: readonly ChaosMember[];
  readonly chronicle: Chronicle;
  readonly random: Random;
  readonly say: (line: string) => void;
}

/** Between two faults, on average; ms. */
const FAULT_EVERY_MS = 400;
/** Between two that are planned; ms. */
const PLAN_EVERY_MS = 200;
/** The dead stay dead for less than that. */
const LONGEST_DEATH_MS = 300;
/** How often a disk is filled up again that finds room, as one does that has just tidied up. */
const MOST_FILLS = 50;

/** One after the other, with time for each to show; those that can befall nobody are left out. */
export async function follow(stage: Stage, plan: readonly PlannedFault[]): Promise<void> {
  for (const planned of plan) {
    await inflict(stage, planned);
    await pause(PLAN_EVERY_MS);
    if (planned.name === "fill quota") await fillUp(stage, planned);
  }
}

/** Until something is refused for it. */
async function fillUp(stage: Stage, planned: PlannedFault): Promise<void> {
  const { userId } = planned;
  const isRefused = (): boolean => stage.chronicle.refusals.some((each) => each.userId === userId);
  if (!stage.members.some((each) => each.userId === userId)) return;
  for (let count = 1; !isRefused() && count < MOST_FILLS; count += 1) {
    await inflict(stage, planned);
    await pause(PLAN_EVERY_MS);
  }
}

export async function rage(stage: Stage, seconds: number): Promise<void> {
  const { chronicle, random, say } = stage;
  const end = performance.now() + seconds * 1_000;
  let toldMs = performance.now();
  while (performance.now() < end) {
    await pause(anyOf(random, 2 * FAULT_EVERY_MS));
    const name = pickWeighted(random, weights);
    if (name) await inflict(stage, { name });
    if (performance.now() - toldMs < 10_000) continue;
    toldMs = performance.now();
    const { promised, faults } = chronicle.counts();
    say(`${Math.round((end - toldMs) / 1_000)} s left, ${promised} messages, ${JSON.stringify(faults)}`);
  }
}

/** What was done is counted, and nothing else. */
async function inflict(stage: Stage, { name, userId }: PlannedFault): Promise<void> {
  const { members, chronicle, random } = stage;
  const candidates = members.filter(
    (each) => (userId === undefined || each.userId === userId) && (!isDeath(name) || each.deaths[name]),
  );
  const member = pick(random, candidates);
  if (!member) return;
  if (isDeath(name)) {
    if (await member.deaths[name]?.()) chronicle.fault(name);
    await pause(anyOf(random, LONGEST_DEATH_MS));
    await member.start();
  } else if (await befall(stage, member, name)) chronicle.fault(name);
}

/** Resolves with whether it was done. */
async function befall(
  { server, random }: Stage,
  { proxy, fill }: ChaosMember,
  name: Exclude<FaultName, Death>,
): Promise<boolean> {
  const direction = isLikely(random, 0.5) ? "up" : "down";
  switch (name) {
    case "kill server":
      await server.kill();
      await pause(anyOf(random, LONGEST_DEATH_MS));
      await server.restart();
      return true;
    case "cut": {
      const isLinked = proxy.connections > 0;
      if (isLikely(random, 0.5)) proxy.cut();
      else proxy.reset();
      return isLinked;
    }
    case "cut in mid-frame":
      proxy.cutAfter(1 + anyOf(random, 2_000), direction);
      return true;
    case "black hole":
      proxy.set({ blackHole: true }, direction);
      return true;
    case "slow":
      proxy.set({ latencyMs: anyOf(random, 200), jitterMs: anyOf(random, 100) }, direction);
      return true;
    case "fill quota":
      return fill(true);
    case "heal":
      proxy.heal();
      return fill(false);
  }
}

function isDeath(name: FaultName): name is Death {
  return name === "kill member" || name === "crash page" || name === "kill browser";
}
