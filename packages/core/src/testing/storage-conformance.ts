import { expectSame, type Law, law, type LawGroup, runKit, type TestRunner } from "./kit.ts";
import {
  openTrial,
  type StorageBench,
  type StorageExpectations,
  type StorageTrial,
} from "./storage-bench.ts";
import { contentLaws } from "./storage-laws.ts";
import {
  aloneLaws,
  crashLaws,
  lifeLaws,
  memoryLaws,
  outlivingLaws,
  quotaLaws,
  roomyLaws,
  sharedLaws,
  timelessLaws,
  uncrashableLaws,
  versionLaws,
} from "./storage-laws-life.ts";

export interface StorageConformanceOptions extends TestRunner {
  /** A storage on an empty medium of its own, for one law each; closed by the kit. */
  readonly create: () => StorageBench | Promise<StorageBench>;
  /** What to expect. What is not said is not there. */
  readonly supports: Pick<StorageExpectations, "durability"> & Partial<StorageExpectations>;
  /** Heads the report. */
  readonly name?: string;
  /** How long a call may take. 5 000 by default. */
  readonly patienceMs?: number;
  /** Takes the report: a table in Markdown, to be pasted into a README. Printed if absent. */
  readonly report?: (table: string) => void;
}

/**
 * The contract of the port `Storage` (docs/spec/storage.md) as tests, to hold an adapter to. What cannot be seen from
 * inside a process, such as a power cut, is not among them.
 *
 * @example
 * ```ts
 * import { memoryStorage } from "@tidings/core";
 * import { storageConformance } from "@tidings/core/testing";
 * import { describe, it } from "node:test";
 *
 * const create = () => ({ storage: memoryStorage() });
 * storageConformance({ describe, it, create, supports: { durability: "memory" } });
 * ```
 */
export function storageConformance(options: StorageConformanceOptions): void {
  const { describe, it, create, supports, name = "storage", patienceMs = 5_000, report } = options;
  const none = { shared: false, crashes: false, quota: false, versions: false };
  runKit<StorageTrial>({
    ...{ describe, it, report },
    title: `the contract of a storage, kept by ${name}`,
    groups: groupsOf({ ...none, ...supports }),
    open: () => openTrial(create, patienceMs),
    close: (trial) => trial.end(),
  });
}

function groupsOf(supports: StorageExpectations): readonly LawGroup<StorageTrial>[] {
  const { durability, shared, crashes, quota, versions } = supports;
  const outlives = durability !== "memory";
  const group = (title: string, isSo: boolean, yes: LawList, no: LawList): LawGroup<StorageTrial> => ({
    title: `${isSo ? "with" : "without"} ${title}`,
    laws: isSo ? yes : no,
  });
  const groups: readonly LawGroup<StorageTrial>[] = [
    ...contentLaws,
    lifeLaws,
    group("a life beyond its process", outlives, outlivingLaws, memoryLaws),
    group("others at the same medium", shared, sharedLaws, outlives ? aloneLaws : []),
    group("a kill at any step", crashes, crashLaws, uncrashableLaws),
    group("an end of room", quota, quotaLaws, roomyLaws),
    group("a version", versions, versionLaws, timelessLaws),
    {
      title: "the manifest",
      laws: [
        law("[S22] says how durable it is", async ({ storage }) => {
          expectSame(storage.supports.durability, durability, "how durable it is");
        }),
      ],
    },
  ];
  return groups.filter(({ laws }) => laws.length > 0);
}

type LawList = readonly Law<StorageTrial>[];
