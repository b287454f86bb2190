import { actNames, faultNames } from "./weights.ts";

/** How often each thing was met. */
export interface Coverage {
  count(group: Group, name: string): void;
  add(other: CoverageCounts): void;
  counts(): CoverageCounts;
}

export type Group = "connection" | "delivery" | "upload" | "fault" | "act" | "law";
export type CoverageCounts = Readonly<Record<Group, Readonly<Record<string, number>>>>;

const anyLiving = ["connecting", "online", "waiting", "offline", "blocked"];

/** The published machines, as drawn in docs/architecture.md: what is not here must not happen, what is here should. */
export const connectionMoves: readonly string[] = [
  "idle→connecting",
  "connecting→online",
  "connecting→waiting",
  "online→waiting",
  "waiting→connecting",
  "online→connecting",
  "connecting→connecting",
  "connecting→offline",
  "online→offline",
  "waiting→offline",
  "offline→connecting",
  "offline→waiting",
  "waiting→waiting",
  "idle→offline",
  "connecting→blocked",
  "blocked→connecting",
  "blocked→waiting",
  "blocked→offline",
  ...anyLiving.map((name) => `${name}→idle`),
  ...["idle", ...anyLiving].map((name) => `${name}→closed`),
];

export const deliveryMoves: readonly string[] = [
  "new→queued",
  "new→failed", // it was refused in an earlier life
  "queued→sending",
  "sending→queued",
  "sending→sent",
  "queued→sent",
  "sending→failed",
  "queued→failed",
  "failed→queued",
  "failed→cancelled",
  "failed→sent",
  "queued→cancelled",
];

/** Of an upload, in one life of its device. Others there may be, as answers come late to what was paused meanwhile. */
const uploadMoves: readonly string[] = [
  "new→storing",
  ...["waiting", "uploading", "completing", "scanning", "ready", "refused", "paused"].map(
    (phase) => `new→${phase}`, // an earlier life left it there
  ),
  "storing→waiting",
  "storing→refused",
  "waiting→uploading",
  "waiting→completing",
  "waiting→refused",
  "uploading→completing",
  "uploading→refused",
  "completing→waiting",
  "completing→scanning",
  "completing→ready",
  "completing→refused",
  "scanning→ready",
  "scanning→refused",
  "refused→waiting",
  "paused→waiting",
  ...["waiting", "uploading", "completing", "scanning"].map((phase) => `${phase}→paused`),
  ...["storing", "waiting", "uploading", "completing", "scanning", "ready", "refused", "paused"].map(
    (phase) => `${phase}→cancelled`,
  ),
];

const expected: Readonly<Record<Group, readonly string[]>> = {
  connection: connectionMoves,
  delivery: deliveryMoves,
  upload: uploadMoves,
  fault: faultNames,
  act: actNames,
  law: [],
};

export function createCoverage(): Coverage {
  const counts: Record<Group, Record<string, number>> = {
    ...{ connection: {}, delivery: {}, upload: {}, fault: {}, act: {}, law: {} },
  };
  for (const [group, names] of entriesOf(expected)) for (const name of names) counts[group][name] = 0;
  const add = (group: Group, name: string, times: number): void =>
    void (counts[group][name] = (counts[group][name] ?? 0) + times);
  return {
    count: (group, name) => add(group, name, 1),
    add(other) {
      for (const [group, found] of entriesOf(other))
        for (const [name, times] of Object.entries(found)) add(group, name, times);
    },
    counts: () => counts,
  };
}

/** What was never met. */
export function neverMet(counts: CoverageCounts): readonly string[] {
  return entriesOf(counts).flatMap(([group, found]) =>
    Object.entries(found).flatMap(([name, times]) => (times === 0 ? [`${group} ${name}`] : [])),
  );
}

/** One line per group. */
export function formatCoverage(counts: CoverageCounts): string {
  return entriesOf(counts)
    .filter(([, found]) => Object.keys(found).length > 0)
    .map(([group, found]) => {
      const parts = Object.entries(found).map(([name, times]) => `${name} ${times}`);
      return `${group}: ${parts.join(", ")}`;
    })
    .join("\n");
}

function entriesOf<Value>(record: Readonly<Record<Group, Value>>): readonly (readonly [Group, Value])[] {
  const groups: readonly Group[] = ["connection", "delivery", "upload", "fault", "act", "law"];
  return groups.map((group) => [group, record[group]]);
}
