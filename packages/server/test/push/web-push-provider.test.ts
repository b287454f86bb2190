import { expect, it } from "vitest";
import { createVapidKeys, webPushProvider } from "../../src/index.ts";
import { startPushService } from "../support/push-service.ts";

it("says how long a push service wants to be left alone, be it in seconds or a date by its own clock (row F12)", async () => {
  const service = await startPushService();
  const provider = webPushProvider({
    ...{ ...createVapidKeys(), subject: "mailto:ops@example.com" },
    ...{ origins: [service.origin], addresses: ["127.0.0.1"] },
  });
  const { endpoint, keys } = service.subscription("phone");
  const date = "Fri, 04 Mar 2005 12:00:00 GMT";
  for (const [after, afterMs] of [
    ["90", 90_000],
    ["Fri, 04 Mar 2005 12:02:00 GMT", 120_000],
    ["Fri, 04 Mar 2005 11:00:00 GMT", undefined],
    ["-5", undefined],
    ["soon", undefined],
  ] as const) {
    service.answer({ status: 429, headers: { date, "retry-after": after } });
    const outcome = await provider.push({
      target: { userId: "bob", deviceId: "phone", endpoint, ...keys, at: 1 },
      payload: { version: 1, conversationId: "a", messageId: "m", seq: 1, count: 1, sound: true, badge: 1 },
      ...{ topic: "t", urgency: "normal", ttlMs: 1_000 },
    });
    expect([after, outcome]).toEqual([after, { kind: "later", ...(afterMs !== undefined && { afterMs }) }]);
  }
  provider.close?.();
  await service.close();
});
