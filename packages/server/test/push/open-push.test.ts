import { virtualClock } from "@tidings/core/testing";
import { afterEach, expect, it } from "vitest";
import { silentMeter } from "../../src/observe/meter.ts";
import { loggingPushProvider } from "../../src/push/logging-provider.ts";
import { openPush } from "../../src/push/open-push.ts";
import { openLibsqlStore } from "../../src/store/index.ts";
import { engineClock } from "../support/engine-bench.ts";

const store = openLibsqlStore();
afterEach(() => store.close());

it("keeps no device of a person who is erased while they register it, and one they register anew (row D25)", async () => {
  const push = await openPush({
    ...{ store, random: () => 0, meter: silentMeter, clock: engineClock(virtualClock(1_000)) },
    settings: { provider: loggingPushProvider({ info: () => {} }), graceMs: 0, ttlMs: 1_000 },
    onFailure(error) {
      throw error;
    },
  });
  const phone = { userId: "bob", endpoint: "https://push.example/bob", p256dh: "", auth: "" };
  await store.erasures?.remember("bob", 1_000);
  await push?.targets.put({ ...phone, deviceId: "late", at: 1_000 });
  expect(await store.push?.of("bob")).toEqual([]);
  await push?.targets.put({ ...phone, deviceId: "anew", at: 1_001 });
  expect(await store.push?.of("bob")).toMatchObject([{ deviceId: "anew" }]);
  await push?.close(0);
});
