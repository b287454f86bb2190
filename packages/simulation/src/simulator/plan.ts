import type { Random } from "@tidings/core";
import { seededRandom } from "@tidings/core/testing";
import { anyOf, isLikely, pick, pickWeighted } from "../chance.ts";
import type { Setting } from "./setting.ts";
import { type ActName, type FaultName, isAct, isFault, type Weights, weightsIn } from "./weights.ts";

/**
 * What happens in one run, as a list that can be printed, cut down, and run again. Each step brings its own chance, so
 * that it does the same whatever was left out before it.
 */
export interface Plan {
  readonly seed: number;
  readonly setting: Setting;
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly type: "act"; readonly name: ActName; readonly device: number; readonly chance: number }
  | { readonly type: "fault"; readonly name: FaultName; readonly device: number; readonly chance: number }
  | { readonly type: "wait"; readonly ms: number };

const CHANCES = 2 ** 31;
/** The chance of a run to have files. */
const WITH_FILES = 0.125;
const FILE_CHANCES = 2 ** 30;
/** The chance of one to be about contacts. */
const WITH_CONTACTS = 0.125;
const CONTACT_CHANCES = 2 ** 29;
/** The chance of one without files to be about what is not kept. */
const WITH_RETENTION = 0.125;
const RETENTION_CHANCES = 2 ** 28;
/** Steps of most runs, from and to. */
const SHORT = [12, 44] as const;
/** Of one in ten: what takes several rare things to happen is met with the square and the cube of the length. */
const LONG = [80, 160] as const;

export function planOf(seed: number): Plan {
  const random = seededRandom(seed);
  const devices = ["ada", "bob", "cyd", ...(isLikely(random, 0.25) ? ["ada"] : [])];
  const files = filesOf(seed);
  const setting: Setting = {
    devices,
    rates: isLikely(random, 0.15) ? "tight" : "none",
    disks: isLikely(random, 0.25) ? "relaxed" : "strict",
    ...files,
    ...contactsOf(seed),
    ...(!files.files && retentionOf(seed)),
  };
  const trouble = pick(random, [0, 0.15, 0.3, 0.45]) ?? 0;
  const stay = pick(random, [0, 0, 0.5, 0.9]) ?? 0;
  const [shortest, longest] = isLikely(random, 0.1) ? LONG : SHORT;
  const length = shortest + anyOf(random, longest - shortest);
  const deviceOf = devicesInTurn(random, devices.length, stay);
  const weights = weightsIn(setting);
  return { seed, setting, steps: Array.from({ length }, () => stepOf(random, deviceOf, trouble, weights)) };
}

/** Of its own chance, too. */
function contactsOf(seed: number): Pick<Setting, "contacts"> {
  return isLikely(seededRandom(seed + CONTACT_CHANCES), WITH_CONTACTS) ? { contacts: true } : {};
}

function retentionOf(seed: number): Pick<Setting, "retention"> {
  return isLikely(seededRandom(seed + RETENTION_CHANCES), WITH_RETENTION) ? { retention: true } : {};
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
  const { devices, rates, disks, files, contacts, retention } = setting;
  const bytes = files === undefined ? "" : `; files ${files}`;
  const rest = `${bytes}${contacts ? "; contacts" : ""}${retention ? "; retention" : ""}`;
  const head = `seed ${seed}; devices ${devices.join(" ")}; rates ${rates}; disks ${disks}${rest}`;
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
    /^seed (\d+); devices ([a-z ]+); rates (none|tight); disks (strict|relaxed)(?:; files (plain|scanned))?(; contacts)?(; retention)?$/.exec(
      head,
    );
  const [, seed, devices = "", rates, disks, files, contacts, retention] = found ?? [];
  if (!found) throw new Error(`unable to read the plan; it begins with "${head}"`);
  return {
    seed: Number(seed),
    setting: {
      devices: devices.split(" "),
      rates: rates === "tight" ? rates : "none",
      disks: disks === "relaxed" ? disks : "strict",
      ...(files !== undefined && { files: files === "scanned" ? files : "plain" }),
      ...(contacts !== undefined && { contacts: true }),
      ...(retention !== undefined && { retention: true }),
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
