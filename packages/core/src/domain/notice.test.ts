import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mint } from "../../test/ledger.ts";
import type { NotifyRules, QuietHours } from "../protocol/notify-rules.ts";
import type { MessageContent, MessageRecord, TextRange } from "../protocol/records.ts";
import { isQuietAt, type Notice, noticeOf, type NoticeScene, reminderNoticeOf } from "./notice.ts";

const HOUR = 60;
const at = (text: string): number => Date.parse(text);

function said(content: MessageContent = { text: "hello" }, more: Partial<MessageRecord> = {}): MessageRecord {
  return {
    ...{ type: "message", id: mint(), conversationId: "a", rev: 3, seq: 1, kind: "text", authorId: "ada" },
    ...{ content, sentAt: 1, createdAt: 1, version: 0, reactions: [], ...more },
  };
}

function meant(type: TextRange["type"], value: string): MessageContent {
  return { text: "@x", ranges: [{ type, value, start: 0, end: 2 }] };
}

/** What bob, a moderator, is told. */
function told(scene: Partial<NoticeScene> = {}): Notice | undefined {
  const reader = { userId: "bob", role: "moderator", ...scene.reader } as const;
  return noticeOf({ message: said(), now: at("2026-03-04T12:00Z"), ...scene, reader });
}

const chose = (notify: "all" | "mentions" | "none") =>
  ({ userId: "bob", role: "moderator", notify }) as const;

describe("a notice", () => {
  it("is given of all that others say, unless one wants less (row F12)", () => {
    expect(told()).toEqual({ sound: true, shows: "text" });
    expect(told({ rules: { level: "mentions" } })).toBeUndefined();
    expect(told({ rules: { level: "none" } })).toBeUndefined();
    expect(told({ rules: { sound: false } })).toMatchObject({ sound: false });
  });

  it("goes by what was chosen for the conversation before what was chosen for all (row E4)", () => {
    expect(told({ rules: { level: "none" }, reader: chose("all") })).toBeDefined();
    expect(told({ rules: { level: "all" }, reader: chose("none") })).toBeUndefined();
    expect(told({ rules: { level: "all" }, reader: chose("mentions") })).toBeUndefined();
  });

  it("is given of what means one by name, by role or with everybody, and of a thread one follows", () => {
    const reader = chose("mentions");
    for (const content of [meant("mention", "bob"), meant("group", "here"), meant("group", "moderator")])
      expect(told({ reader, message: said(content) })).toBeDefined();
    for (const content of [meant("mention", "eve"), meant("group", "admin"), meant("hashtag", "bob")])
      expect(told({ reader, message: said(content) })).toBeUndefined();
    expect(told({ reader, follows: true })).toBeDefined();
    expect(
      told({ reader: chose("none"), follows: true, message: said(meant("mention", "bob")) }),
    ).toBeUndefined();
  });

  it("is given of nothing that is muted, until it is not", () => {
    const now = 1_000;
    const message = said(meant("mention", "bob"));
    expect(told({ now, message, muted: {} })).toBeUndefined();
    expect(told({ now, message, muted: { until: 1_001 } })).toBeUndefined();
    expect(told({ now, message, muted: { until: 1_000 } })).toBeDefined();
  });

  it("is never given of what is one's own, gone, of nobody or of somebody blocked", () => {
    expect(told({ message: said(undefined, { authorId: "bob" }) })).toBeUndefined();
    expect(told({ message: said(undefined, { deletedAt: 5 }) })).toBeUndefined();
    expect(told({ message: said(undefined, { kind: "system" }) })).toBeUndefined();
    expect(told({ isBlocked: true })).toBeUndefined();
  });

  it("says no more than it may", () => {
    expect(told({ message: said({ sealed: "…", scheme: "x" }) })).toMatchObject({ shows: "sender" });
    expect(told({ rules: { previews: false } })).toMatchObject({ shows: "nothing" });
    expect(told({ isConfidential: true })).toMatchObject({ shows: "nothing" });
  });
});

describe("quiet hours", () => {
  const night: QuietHours = { timeZone: "UTC", from: 22 * HOUR, to: 7 * HOUR };

  it("go through the night, by the clocks of their place, summer or winter", () => {
    const berlin = { ...night, timeZone: "Europe/Berlin" };
    expect(isQuietAt(berlin, at("2026-01-10T20:59Z"))).toBe(false);
    expect(isQuietAt(berlin, at("2026-01-10T21:00Z"))).toBe(true);
    expect(isQuietAt(berlin, at("2026-07-10T20:00Z"))).toBe(true);
    expect(isQuietAt(berlin, at("2026-07-11T04:59Z"))).toBe(true);
    expect(isQuietAt(berlin, at("2026-07-11T05:00Z"))).toBe(false);
    expect(told({ rules: { quiet: night }, now: at("2026-03-04T23:00Z") })).toBeUndefined();
  });

  it("belong to the day on which they begin", () => {
    const weekend = { ...night, days: [5, 6] }; // begun on a Friday or a Saturday
    expect(isQuietAt(weekend, at("2026-03-06T23:00Z"))).toBe(true);
    expect(isQuietAt(weekend, at("2026-03-08T06:00Z"))).toBe(true);
    expect(isQuietAt(weekend, at("2026-03-08T23:00Z"))).toBe(false);
    expect(isQuietAt(weekend, at("2026-03-06T06:00Z"))).toBe(false);
    expect(isQuietAt({ ...night, days: [] }, at("2026-03-06T23:00Z"))).toBe(false);
  });

  it("of a place nobody knows are those of UTC", () => {
    const nowhere = { ...night, timeZone: "Mars/Olympus" };
    expect(isQuietAt(nowhere, at("2026-03-06T23:00Z"))).toBe(true);
    expect(isQuietAt(nowhere, at("2026-03-06T12:00Z"))).toBe(false);
  });
});

const level = fc.constantFrom("all", "mentions", "none");
const minute = fc.integer({ min: 0, max: 1_439 });
const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
const zone = fc.constantFrom("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham", "Europe/Lisbon");
const rules: fc.Arbitrary<NotifyRules> = fc.record(
  {
    level,
    sound: fc.boolean(),
    previews: fc.boolean(),
    quiet: fc.record({ timeZone: zone, from: minute, to: minute }),
  },
  { requiredKeys: [] },
);
const scene: fc.Arbitrary<NoticeScene> = fc.record({
  message: fc
    .constantFrom(
      meant("mention", "bob"),
      meant("mention", "eve"),
      { text: "x" },
      { sealed: "x", scheme: "y" },
    )
    .map((content) => said(content)),
  reader: fc.record(
    { userId: fc.constantFrom("bob", "eve", "ada"), role: fc.constant("member"), notify: level },
    { requiredKeys: ["userId", "role"] },
  ),
  rules: fc.option(rules, { nil: undefined }),
  muted: fc.option(fc.record({ until: moment }, { requiredKeys: [] }), { nil: undefined }),
  follows: fc.boolean(),
  isBlocked: fc.boolean(),
  isConfidential: fc.boolean(),
  now: moment,
});

describe("notices, of any message under any rules", () => {
  it("grow scarcer with each rule, and say less, never more", () => {
    fc.assert(
      fc.property(scene, rules, (given, { quiet }) => {
        const notice = noticeOf(given);
        const bare = noticeOf({
          message: given.message,
          reader: { userId: given.reader.userId, role: "member" },
          now: given.now,
        });
        if (notice) expect(bare).toBeDefined();
        expect(noticeOf({ ...given, isBlocked: true })).toBeUndefined();
        expect(noticeOf({ ...given, muted: {} })).toBeUndefined();
        expect(noticeOf({ ...given, reader: { ...given.reader, notify: "none" } })).toBeUndefined();
        if (!noticeOf({ ...given, reader: { ...given.reader, notify: "all" } }))
          expect(notice).toBeUndefined();
        if (quiet && notice && !given.rules?.quiet)
          expect(noticeOf({ ...given, rules: { ...given.rules, quiet } }) === undefined).toBe(
            isQuietAt(quiet, given.now),
          );
        const kept = noticeOf({ ...given, rules: { ...given.rules, previews: false } });
        expect(kept?.shows ?? "nothing").toBe("nothing");
        expect(kept === undefined).toBe(notice === undefined);
      }),
    );
  });

  it("are quiet in hours that share the day with the hours between them, and come again each week", () => {
    fc.assert(
      fc.property(zone, minute, minute, moment, (timeZone, from, to, now) => {
        fc.pre(from !== to);
        const isQuiet = isQuietAt({ timeZone, from, to }, now);
        expect(isQuietAt({ timeZone, from: to, to: from }, now)).toBe(!isQuiet);
        expect(isQuietAt({ timeZone, from, to: from }, now)).toBe(true);
        const onDays = [0, 1, 2, 3, 4, 5, 6].filter((day) =>
          isQuietAt({ timeZone, from, to, days: [day] }, now),
        );
        expect(onDays).toHaveLength(isQuiet ? 1 : 0);
        if (timeZone === "UTC") expect(isQuietAt({ timeZone, from, to }, now + 7 * 86_400_000)).toBe(isQuiet);
      }),
    );
  });
});

describe("a notice of a reminder", () => {
  const night: QuietHours = { timeZone: "UTC", from: 22 * HOUR, to: 7 * HOUR };
  const noon = at("2026-03-04T12:00Z");
  const midnight = at("2026-03-04T00:00Z");

  it("is given at whatever hour it was asked for, and silent only where it comes late into quiet ones (row I1)", () => {
    const rules: NotifyRules = { level: "none", quiet: night };
    const soundOf = (dueAt: number, now: number): boolean =>
      reminderNoticeOf({ dueAt, now, rules, message: said() }).sound;
    expect(soundOf(noon, noon)).toBe(true);
    expect(soundOf(midnight, midnight + 5)).toBe(true);
    expect(soundOf(at("2026-03-03T21:00Z"), midnight)).toBe(false);
    expect(soundOf(midnight, noon)).toBe(true);
    expect(reminderNoticeOf({ dueAt: noon, now: noon, rules: { sound: false } }).sound).toBe(false);
  });

  it("[D8] shows nothing of what is gone, not theirs to read, of somebody blocked, or not to be shown", () => {
    const shown = (more: Partial<Parameters<typeof reminderNoticeOf>[0]>): string =>
      reminderNoticeOf({ dueAt: noon, now: noon, message: said(), ...more }).shows;
    expect(shown({})).toBe("text");
    expect(shown({ message: said({ sealed: "…", scheme: "x" }) })).toBe("sender");
    for (const hidden of [
      { message: undefined },
      { message: said(undefined, { deletedAt: 5 }) },
      { isBlocked: true },
      { isConfidential: true },
      { rules: { previews: false } },
    ])
      expect([hidden, shown(hidden)]).toEqual([hidden, "nothing"]);
  });
});
