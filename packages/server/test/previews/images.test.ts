import { expect, it } from "vitest";
import type { Clock } from "../../src/engine/clock.ts";
import { silentMeter } from "../../src/observe/meter.ts";
import type { GuardedFetch } from "../../src/previews/guarded-fetch.ts";
import { IMAGE_SPARE_MS, PreviewImages } from "../../src/previews/images.ts";
import { Slots } from "../../src/previews/slots.ts";
import { openLibsqlStore } from "../../src/store/index.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex");

it("fetches another picture once its page may name another", async () => {
  const store = openLibsqlStore();
  const { previews: table } = store;
  if (!table) throw new Error("there is no table");
  let now = 0;
  const asked: string[] = [];
  const fetch: GuardedFetch = {
    async get(address) {
      asked.push(address);
      return { ok: true, url: new URL(address), charset: undefined, body: PNG };
    },
    close: () => {},
  };
  const clock: Clock = { now: () => now, every: () => () => {}, soon: (task) => task() };
  const images = new PreviewImages({ table, fetch, clock, slots: new Slots(1, 1), meter: silentMeter });
  await table.put({ key: "k", imageSource: "https://a.example/1.png", expiresAt: 1_000 });
  for (let times = 0; times < 2; times += 1) expect(await images.find("k")).toMatchObject({ body: PNG });
  await table.put({ key: "k", imageSource: "https://a.example/2.png", expiresAt: 1e9 });
  now = IMAGE_SPARE_MS;
  expect(await images.find("k")).toMatchObject({ mediaType: "image/png" });
  expect(asked).toEqual(["https://a.example/1.png", "https://a.example/2.png"]);
  await store.close();
});
