import { expect, it } from "vitest";
import { Files } from "../../src/files/desk.ts";
import type { FileStore } from "../../src/files/file-store.ts";
import type { Scan } from "../../src/files/scan.ts";
import type { FileTable } from "../../src/store/files.ts";
import { newId } from "../support/raw-client.ts";
import { openDesk } from "./open-desk.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex");

it("takes for clean nothing of which a scanner was given fewer bytes, or more, than there are (row M4)", async () => {
  const given: number[] = [];
  const scan: Scan = async ({ bytes }) => {
    let count = 0;
    for await (const chunk of bytes) count += chunk.length;
    given.push(count);
    return "clean";
  };
  for (const [streamed, isWhole] of [
    [PNG.subarray(0, -1), false],
    [Buffer.concat([PNG, PNG]), false],
    [PNG, true],
  ] as const) {
    const stream: FileStore["stream"] = async function* () {
      yield streamed;
    };
    const around = (store: FileStore): FileStore => ({ ...store, stream });
    const { put, until, state, failures } = await openDesk({ scan }, undefined, around);
    const file = await put(PNG, "image/png");
    if (typeof file === "string") throw new Error(file);
    if (isWhole) await until(file.fileId, "ready");
    else await expect.poll(() => failures.map(String)).toEqual([expect.stringContaining("not as long")]);
    expect(await state(file.fileId)).toMatchObject({ state: isWhole ? "ready" : "scanning" });
  }
  expect(given).toEqual([PNG.length]);
});

it("leaves nothing of a file behind whose owner is erased while it is begun (row D25)", async () => {
  const { options, table, bench, desk, kept } = await openDesk();
  const { erasures, upkeep } = bench.store;
  const fileId = newId();
  const upload = { type: "file.upload", conversationId: "a", fileId } as const;
  const asked = { ...upload, name: "my diagnosis.png", size: PNG.length, mediaType: "image/png" };
  const summary = await bench.query("ada", { type: "conversation", conversationId: "a" });
  const open: FileTable["open"] = async (file, quota) => {
    await erasures?.remember("ada", options.clock.now());
    await upkeep?.forget("ada", options.clock.now());
    return table.open(file, quota);
  };
  const late = new Files({ ...options, erasures, table: { ...table, open } });
  expect(await late.answer("ada", asked, summary)).toMatchObject({ ok: false, code: "file/not-found" });
  expect(await table.due(Number.MAX_SAFE_INTEGER)).toEqual([]);
  expect(kept()).toEqual([]);
  expect(await desk.answer("bob", { ...asked, fileId: newId() }, summary)).toMatchObject({ ok: true });
});
