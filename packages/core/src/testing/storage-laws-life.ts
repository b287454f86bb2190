import type { Storage } from "../ports/storage.ts";
import { expectSame, expectThat, law, type Law, type LawGroup } from "./kit.ts";
import { patient, type StorageTrial } from "./storage-bench.ts";
import { expectAll, notToBeCopied, put, remove } from "./storage-laws.ts";

type StorageLaw = Law<StorageTrial>;

export const lifeLaws: LawGroup<StorageTrial> = {
  title: "opening and closing",
  laws: [
    law("[S14] is empty at first, and may be opened and closed as often as one likes", async (trial) => {
      const { storage } = trial;
      await expectAll(storage, [], "what a new one holds");
      await storage.open();
      await storage.write([put(["a"], 1)]);
      await storage.open();
      await storage.close();
      await storage.close();
      await storage.open();
      await expectAll(storage, [[["a"], 1]], "what is there");
    }),
    law("[S15] finishes what was given before it is closed", async ({ storage }) => {
      await storage.write([put(["a"], 1)]);
      const given = [storage.write([put(["b"], 2)]), storage.write([remove(["a"]), put(["c"], 3)])];
      const asked = storage.get(["a"]);
      await storage.close();
      await Promise.all([...given, asked]);
      await storage.open();
      await expectAll(storage, [[["b"], 2], [["c"], 3]], "what is there after open"); // prettier-ignore
    }),
  ],
};

async function expectRefusing(storage: Storage, { wait }: StorageTrial, when: string): Promise<void> {
  const calls = {
    get: () => storage.get(["a"]),
    scan: () => storage.scan({ prefix: [] }),
    write: () => storage.write([put(["a"], 2)]),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = await wait.refused(call(), `${name} should be refused ${when}`);
    expectSame(error.code, "storage/failed", `the code of ${name} ${when}`);
  }
}

export const outlivingLaws: readonly StorageLaw[] = [
  law("[S16] refuses what is asked before it is opened or after it is closed", async (trial) => {
    const { storage } = trial;
    await storage.write([put(["a"], 1)]);
    await storage.close();
    await expectRefusing(storage, trial, "after close");
    const next = await trial.again("closed");
    await next.close();
    await expectRefusing(next, trial, "before open");
    await next.open();
    await expectAll(next, [[["a"], 1]], "what is there");
  }),
  law("[S17] has what was written for whoever comes after a crash", async (trial) => {
    const { storage } = trial;
    await storage.write([put(["a"], 1), put(["b"], 1)]);
    await storage.write([put(["a"], 2), remove(["b"]), put(["c"], { deep: [2] })]);
    const next = await trial.again(); // nobody has closed the one before
    await expectAll(next, [[["a"], 2], [["c"], { deep: [2] }]], "what is there after a crash"); // prettier-ignore
    await next.write([put(["d"], 3)]);
    await next.close();
    const last = await trial.again();
    expectSame(await last.get(["d"]), 3, "what was written after it");
  }),
];

export const memoryLaws: readonly StorageLaw[] = [
  law("[S17] keeps what it has as long as it lives, and shares it with no other", async (trial) => {
    await trial.storage.write([put(["a"], 1)]);
    await trial.storage.close();
    await expectAll(await trial.other(), [], "what another holds");
    await trial.storage.open();
    await expectAll(trial.storage, [[["a"], 1]], "what is there");
  }),
];

export const sharedLaws: readonly StorageLaw[] = [
  law("[S18] may be used by several at once, whose writes are whole", async (trial) => {
    const { storage } = trial;
    const other = await trial.again();
    await storage.write([put(["a"], 1)]);
    expectSame(await other.get(["a"]), 1, "what the other wrote");
    await expectAll(storage, [[["a"], 1]], "what it wrote itself");
    await other.write([remove(["a"]), put(["b"], 2)]);
    await expectAll(storage, [[["b"], 2]], "what the other left");
    const writes = Array.from({ length: 20 }, (_, turn) =>
      (turn % 2 ? storage : other).write([
        put(["x"], turn),
        put(["y"], turn),
        put(["n", String(turn)], turn),
      ]),
    );
    await Promise.all(writes);
    expectSame(await storage.get(["x"]), await other.get(["y"]), "of the last write, the one half");
    expectSame((await storage.scan({ prefix: ["n"] })).length, 20, "the number of writes that are there");
    await other.close();
    expectSame((await storage.scan({ prefix: ["n"] })).length, 20, "what is there when the other has closed");
  }),
];

export const aloneLaws: readonly StorageLaw[] = [
  law("[S18] leaves everything to who comes after it has closed", async (trial) => {
    await trial.storage.write([put(["a"], 1), put(["b"], 1)]);
    await trial.storage.close();
    const next = await trial.again();
    await next.write([remove(["a"])]);
    await next.close();
    await trial.storage.open();
    await expectAll(trial.storage, [[["b"], 1]], "what the other left");
  }),
];

/** More steps than a write of a few entries can need. */
const MANY_STEPS = 200;

const OLD = [[["a"], "old"], [["b"], "old"], [["z"], 0]] as const; // prettier-ignore
const NEW = [[["a"], "new"], [["c"], "new"], [["d"], "new"], [["z"], 0]] as const; // prettier-ignore
const RESET = [...OLD.map(([key, value]) => put(key, value)), remove(["c"]), remove(["d"])];
const CHANGE = [put(["a"], "new"), remove(["b"]), put(["c"], "new"), put(["d"], "new")];

export const crashLaws: readonly StorageLaw[] = [
  law("[S19] leaves a write whole or not at all, killed at any step, also of its recovery", async (trial) => {
    for (let steps = 0, isDone = false; !isDone; steps += 1) {
      expectThat(steps < MANY_STEPS, `a write of four entries should take less than ${MANY_STEPS} steps`);
      for (let more = 0, isOpen = false; !isOpen; more += 1) {
        const storage = await reopened(trial);
        await storage.write(RESET);
        isDone = await livesThrough(() => storage.write(CHANGE), trial, steps);
        const next = await nextOf(trial);
        isOpen = await livesThrough(() => next.open(), trial, more);
        const last = await reopened(trial);
        const found = JSON.stringify(await last.scan({ prefix: [] }));
        await last.close();
        const allowed = (isDone ? [NEW] : [NEW, OLD]).map((each) => JSON.stringify(each));
        const when = isDone ? "after it resolved" : `at step ${steps}, and at step ${more} of recovery`;
        expectThat(allowed.includes(found), `a write should be whole, killed ${when}; found is ${found}`);
      }
    }
  }),
];

/** Not closed at the end: whoever is killed cannot be. */
async function nextOf({ bench }: StorageTrial): Promise<Storage> {
  expectThat(bench.again !== undefined, "a bench with crashes needs `again`");
  return bench.again();
}

async function reopened(trial: StorageTrial): Promise<Storage> {
  const storage = patient(await nextOf(trial), trial.wait);
  await storage.open();
  return storage;
}

/** Whether `work` was done before the medium died after `steps`. */
async function livesThrough(
  work: () => Promise<void>,
  { bench }: StorageTrial,
  steps: number,
): Promise<boolean> {
  expectThat(bench.crashAfter !== undefined, "a bench with crashes needs `crashAfter`");
  const died = bench.crashAfter(steps).then(() => false);
  return Promise.race([work().then(() => true), died]);
}

export const uncrashableLaws: readonly StorageLaw[] = [
  law("[S19] leaves nothing of a refused write to who comes next", async ({ storage, wait }) => {
    await storage.write([put(["a"], 1)]);
    const half = [remove(["a"]), put(["b"], 2), put(["c"], notToBeCopied)];
    await wait.refused(storage.write(half), "a value that cannot be copied should be refused");
    await storage.close();
    await storage.open();
    await expectAll(storage, [[["a"], 1]], "what is left");
  }),
];

export const quotaLaws: readonly StorageLaw[] = [
  law("[S20] says when there is no room, keeps what it has, and goes on when there is", async (trial) => {
    const { bench, storage, wait } = trial;
    expectThat(bench.fill !== undefined, "a bench with a quota needs `fill` and `free`");
    await storage.write([put(["a"], 1), put(["b"], 1)]);
    await bench.fill();
    const large = [
      remove(["a"]),
      put(["b"], 2),
      put(["c"], "x".repeat(10_000)),
      put(["d"], "x".repeat(10_000)),
    ];
    const error = await wait.refused(storage.write(large), "a write without room should be refused");
    expectSame([error.code, error.retryable], ["storage/full", false], "its code, and whether to retry");
    await expectAll(storage, [[["a"], 1], [["b"], 1]], "what is left"); // prettier-ignore
    await storage.write([remove(["b"]), remove(["c"])]);
    await bench.free?.();
    await storage.write([put(["c"], 3)]);
    await expectAll(storage, [[["a"], 1], [["c"], 3]], "what is there when there is room"); // prettier-ignore
  }),
];

export const roomyLaws: readonly StorageLaw[] = [
  law("[S20] has room for two megabytes", async ({ storage }) => {
    const entry = "x".repeat(20_000);
    for (let turn = 0; turn < 10; turn += 1) {
      await storage.write(
        Array.from({ length: 10 }, (_, index) => put([String(turn), String(index)], entry)),
      );
    }
    expectSame((await storage.scan({ prefix: [] })).length, 100, "the number of entries");
  }),
];

export const versionLaws: readonly StorageLaw[] = [
  law("[S21] does not touch what a newer version has written", async (trial) => {
    const { bench, storage, wait } = trial;
    expectThat(
      bench.outdate !== undefined && bench.update !== undefined,
      "versions need `outdate`, `update`",
    );
    await storage.write([put(["a"], 1)]);
    await storage.close();
    await bench.outdate();
    const next = await trial.again("closed");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = await wait.refused(next.open(), "opening what is newer should be refused");
      expectSame([error.code, error.retryable], ["storage/version", false], "its code, and whether to retry");
    }
    await expectRefusing(next, trial, "of what is newer");
    await next.close();
    await bench.update();
    await expectAll(await trial.again(), [[["a"], 1]], "what the newer version finds");
  }),
];

export const timelessLaws: readonly StorageLaw[] = [
  law("[S21] opens again and again what it has written", async ({ storage }) => {
    await storage.write([put(["a"], 0)]);
    for (let turn = 1; turn < 4; turn += 1) {
      await storage.close();
      await storage.open();
      expectSame(await storage.get(["a"]), turn - 1, "the value of the life before");
      await storage.write([put(["a"], turn)]);
    }
  }),
];
