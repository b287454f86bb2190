import type { Random } from "@tidings/core";
import { seededRandom } from "@tidings/core/testing";
import { anyOf, isLikely, pick, pickWeighted } from "../chance.ts";

/**
 * What happens in one run, as a list that can be printed, cut down, and run again. Each step brings its own chance, so
 * that it does the same whatever was left out before it.
 */
export interface Plan {
  readonly seed: number;
  readonly setting: Setting;
  readonly steps: readonly Step[];
}

/** What is so from the beginning. */
export interface Setting {
  /** Who has a device; the same person twice has two. */
  readonly devices: readonly string[];
  readonly rates: "none" | "tight";
  readonly disks: "strict" | "relaxed";
  /** Absent: nobody has any. `scanned`: each is looked through before anybody sees it. */
  readonly files?: "plain" | "scanned" | undefined;
}

export type Step =
  | { readonly type: "act"; readonly name: ActName; readonly device: number; readonly chance: number }
  | { readonly type: "fault"; readonly name: FaultName; readonly device: number; readonly chance: number }
  | { readonly type: "wait"; readonly ms: number };

/** What people do, and how often. */
const acts = {
  send: 14,
  reply: 2,
  edit: 3,
  delete: 1,
  react: 4,
  unreact: 2,
  pin: 0.7,
  unpin: 0.5,
  markRead: 3,
  rename: 0.5,
  type: 0.7,
  leave: 0.5,
  join: 1,
  remove: 0.7,
  add: 1,
  retry: 1,
  cancel: 0.5,
  loadOlder: 0.7,
  disconnect: 0.4,
  connect: 1,
  close: 0.3,
  giveUp: 1.5,
  note: 3,
  unnote: 1.5,
  draft: 2,
  plan: 1.5,
  replan: 0.7,
  unplan: 0.5,
  remind: 0.7,
  thread: 1.5,
  poll: 2,
  vote: 5,
  closePoll: 0.7,
  forward: 1.5,
} as const;

/** What people do with files, where there are any. */
const fileActs = {
  attach: 9,
  addFile: 3,
  sendFile: 3,
  pauseFile: 2,
  resumeFile: 2.5,
  cancelFile: 1.5,
  callOff: 1,
} as const;
export type ActName = keyof typeof acts | keyof typeof fileActs;

/** What goes wrong, and how often. Some of it lasts until `heal`. */
const faults = {
  cut: 3,
  halfOpen: 1.5,
  outage: 1,
  slow: 1,
  losePush: 3,
  doublePush: 1.5,
  latePush: 2,
  loseAnswer: 2,
  loseSubmit: 0.7,
  doubleSubmit: 1.5,
  crash: 2,
  doom: 3,
  powerCut: 1,
  sleep: 1,
  clockForward: 0.7,
  clockBack: 0.7,
  networkGone: 0.7,
  networkBack: 0.7,
  diskFull: 0.7,
  diskFails: 0.7,
  diskSlow: 0.7,
  tokenExpired: 0.7,
  tokenShort: 0.7,
  tokenFails: 0.5,
  tokenRefused: 0.7,
  serverCrash: 1,
  serverDoom: 2,
  serverPower: 0.5,
  serverStop: 0.5,
  restore: 1,
  refuseCommit: 1,
  forgetCommit: 1,
  loseEvent: 1,
  sickStore: 1,
  slowStore: 2,
  heal: 5,
} as const;

/** What goes wrong with files, where there are any. */
const fileFaults = {
  loseQuestion: 2,
  doubleQuestion: 1,
  lateAnswer: 2,
  loseFileAnswer: 1.5,
  losePart: 2,
  losePartAnswer: 2,
  doublePart: 2,
  stalePart: 1.5,
  slowParts: 1.5,
  fullForBytes: 1,
  depotFails: 2,
  depotForgets: 1.5,
  depotSlow: 1,
  scanFails: 1,
  scanHangs: 0.7,
  shortTickets: 1,
  sweep: 1.5,
} as const;
export type FaultName = keyof typeof faults | keyof typeof fileFaults;

const withFiles = { acts: { ...acts, ...fileActs }, faults: { ...faults, ...fileFaults } };
export const actNames: readonly string[] = Object.keys(withFiles.acts);
export const faultNames: readonly string[] = Object.keys(withFiles.faults);

const CHANCES = 2 ** 31;
/** The chance of a run to have files. */
const WITH_FILES = 0.125;
const FILE_CHANCES = 2 ** 30;
/** Steps of most runs, from and to. */
const SHORT = [12, 44] as const;
/** Of one in ten: what takes several rare things to happen is met with the square and the cube of the length. */
const LONG = [80, 160] as const;

export function planOf(seed: number): Plan {
  const random = seededRandom(seed);
  const devices = ["ada", "bob", "cyd", ...(isLikely(random, 0.25) ? ["ada"] : [])];
  const setting: Setting = {
    devices,
    rates: isLikely(random, 0.15) ? "tight" : "none",
    disks: isLikely(random, 0.25) ? "relaxed" : "strict",
    ...filesOf(seed),
  };
  const trouble = pick(random, [0, 0.15, 0.3, 0.45]) ?? 0;
  const stay = pick(random, [0, 0, 0.5, 0.9]) ?? 0;
  const [shortest, longest] = isLikely(random, 0.1) ? LONG : SHORT;
  const length = shortest + anyOf(random, longest - shortest);
  const deviceOf = devicesInTurn(random, devices.length, stay);
  const weights = setting.files ? withFiles : { acts, faults };
  return { seed, setting, steps: Array.from({ length }, () => stepOf(random, deviceOf, trouble, weights)) };
}

/** In a part of the runs: files take more work than all else. Of its own chance, so that runs without stay what they were. */
function filesOf(seed: number): Pick<Setting, "files"> {
  const random = seededRandom(seed + FILE_CHANCES);
  if (!isLikely(random, WITH_FILES)) return {};
  return { files: isLikely(random, 0.5) ? "plain" : "scanned" };
}

/**
 * Whose turn it is: with the chance `stay`, whoever had the last. What takes several things to go wrong on one device,
 * as a clock set back between two crashes, is hardly ever met where each happens to anybody.
 */
function devicesInTurn(random: Random, devices: number, stay: number): () => number {
  let device = anyOf(random, devices);
  return () => {
    if (!isLikely(random, stay)) device = anyOf(random, devices);
    return device;
  };
}

interface Weights {
  readonly acts: Readonly<Partial<Record<ActName, number>>>;
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
}

function stepOf(random: Random, deviceOf: () => number, trouble: number, weights: Weights): Step {
  if (isLikely(random, 0.35)) return { type: "wait", ms: waitOf(random) };
  const device = deviceOf();
  const chance = anyOf(random, CHANCES);
  if (isLikely(random, trouble))
    return { type: "fault", name: pickWeighted(random, weights.faults) ?? "cut", device, chance };
  return { type: "act", name: pickWeighted(random, weights.acts) ?? "send", device, chance };
}

function waitOf(random: Random): number {
  const longest = pick(random, [20, 100, 400, 400, 2_000, 20_000]) ?? 0;
  return 1 + anyOf(random, longest);
}

/** One line per step. */
export function formatPlan({ seed, setting, steps }: Plan): string {
  const { devices, rates, disks, files } = setting;
  const bytes = files === undefined ? "" : `; files ${files}`;
  const head = `seed ${seed}; devices ${devices.join(" ")}; rates ${rates}; disks ${disks}${bytes}`;
  return [head, ...steps.map((step) => formatStep(step, devices))].join("\n");
}

function formatStep(step: Step, devices: readonly string[]): string {
  if (step.type === "wait") return `wait ${step.ms}`;
  return `${step.type} ${step.name} of ${step.device} (${devices[step.device] ?? ""}) by ${step.chance}`;
}

/** What `formatPlan` wrote, for a named test. @throws {Error} if it cannot be read. */
export function parsePlan(text: string): Plan {
  const [head = "", ...lines] = text
    .trim()
    .split("\n")
    .map((line) => line.trim());
  const found =
    /^seed (\d+); devices ([a-z ]+); rates (none|tight); disks (strict|relaxed)(?:; files (plain|scanned))?$/.exec(
      head,
    );
  const [, seed, devices = "", rates, disks, files] = found ?? [];
  if (!found) throw new Error(`unable to read the plan; it begins with "${head}"`);
  return {
    seed: Number(seed),
    setting: {
      devices: devices.split(" "),
      rates: rates === "tight" ? rates : "none",
      disks: disks === "relaxed" ? disks : "strict",
      ...(files !== undefined && { files: files === "scanned" ? files : "plain" }),
    },
    steps: lines.map(parseStep),
  };
}

function parseStep(line: string): Step {
  const wait = /^wait (\d+)$/.exec(line);
  if (wait) return { type: "wait", ms: Number(wait[1]) };
  const [, type, name = "", device, chance] =
    /^(act|fault) (\w+) of (\d+) \([a-z]*\) by (\d+)$/.exec(line) ?? [];
  const place = { device: Number(device), chance: Number(chance) };
  if (type === "act" && isAct(name)) return { type, name, ...place };
  if (type === "fault" && isFault(name)) return { type, name, ...place };
  throw new Error(`unable to read the step "${line}"`);
}

function isAct(name: string): name is ActName {
  return name in withFiles.acts;
}

function isFault(name: string): name is FaultName {
  return name in withFiles.faults;
}
