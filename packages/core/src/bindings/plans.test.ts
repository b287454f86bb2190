import { describe, expect, it } from "vitest";
import { member, texts, world } from "../../test/client/world.ts";
import { memoryStorage } from "../memory/storage.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { openPlans } from "./plans.ts";

const HOUR_MS = 3_600_000;

describe("what is planned", () => {
  it("is sent at its time, once, with nobody of its author online, and gone from all their devices (row I1)", async () => {
    const here = world();
    const [phone] = await member(here, "ada");
    const [desk] = await member(here, "ada");
    const [, room] = await member(here, "ben");
    const dueAt = here.clock.now() + HOUR_MS;
    const { id } = await openPlans(phone).schedule("general", "good **morning**", dueAt);
    expect(openPlans(phone).scheduled.get()).toMatchObject([
      { conversationId: "general", status: "waiting" },
    ]);
    await here.clock.settle();
    const [plan] = openPlans(desk).scheduled.get();
    expect(plan).toMatchObject({
      dueAt,
      status: "waiting",
      message: { content: { text: "good **morning**" } },
    });
    expect(plan?.id).not.toBe(id);
    await phone.close();
    await desk.close();
    await here.clock.advance(HOUR_MS - 1);
    expect(texts(room)).toEqual([]);
    await here.clock.advance(2);
    expect(texts(room)).toEqual(["good **morning**"]);
    expect(here.backend.messages("general")).toMatchObject([{ id: plan?.id, authorId: "ada" }]);
    const [again] = await member(here, "ada");
    await here.clock.advance(5 * HOUR_MS);
    expect(openPlans(again).scheduled.get()).toEqual([]);
    expect(texts(room)).toHaveLength(1);
  });

  it("[D1] is planned, moved and called off offline, and over a restart", async () => {
    const here = world();
    const storage = memoryStorage();
    const [phone] = await member(here, "ada", { storage });
    const plans = openPlans(phone);
    await here.clock.settle();
    here.backend.faults.offline(true);
    const dueAt = here.clock.now() + HOUR_MS;
    await plans.schedule("general", "one", dueAt);
    await here.clock.advance(5);
    await plans.schedule("general", "two", dueAt + 1);
    const [one, two] = plans.scheduled.get();
    await plans.reschedule(one?.id ?? "", dueAt + 5, "one, later");
    await plans.cancel(two?.id ?? "");
    await expect(plans.cancel(two?.id ?? "")).rejects.toMatchObject({ code: "message/not-found" });
    await phone.close();

    const again = here.client("ada", { storage });
    await here.clock.settle();
    openPlans(again);
    await here.clock.settle();
    expect(openPlans(again).scheduled.get()).toMatchObject([
      { id: one?.id, dueAt: dueAt + 5, message: { content: { text: "one, later" } } },
    ]);
    here.backend.faults.offline(false);
    void again.connect();
    await here.clock.advance(60_000);
    expect(again.outbox.get().entries).toEqual([]);
    await here.clock.advance(2 * HOUR_MS);
    expect(here.backend.messages("general").map(({ content }) => content)).toEqual([{ text: "one, later" }]);
  });

  it("[D2] stays said where it was sent before it was called off or changed, and is said once (row I1)", async () => {
    const here = world();
    const [phone] = await member(here, "ada");
    const plans = openPlans(phone);
    const dueAt = here.clock.now() + HOUR_MS;
    await plans.schedule("general", "one", dueAt);
    await plans.schedule("general", "two", dueAt + 1);
    await plans.schedule("general", "three", dueAt + 2);
    await here.clock.settle();
    const [one, two, three] = plans.scheduled.get();
    phone.disconnect();
    await here.clock.advance(HOUR_MS + 5);
    const given = [
      await plans.cancel(one?.id ?? ""),
      await plans.reschedule(two?.id ?? "", here.clock.now() + HOUR_MS, "else"),
      await plans.reschedule(three?.id ?? "", dueAt + 2, "else again"),
    ];
    void phone.connect();
    for (const { settled } of given) await settled();
    await here.clock.advance(2 * HOUR_MS);
    expect(here.backend.messages("general")).toMatchObject([
      { id: one?.id, content: { text: "one" } },
      { id: two?.id, content: { text: "two" } },
      { id: three?.id, content: { text: "three" } },
    ]);
    expect(phone.outbox.get().entries).toEqual([]);
    expect(plans.scheduled.get()).toMatchObject([
      { id: three?.id, status: "refused", code: "note/due", message: { content: { text: "else again" } } },
      { id: two?.id, status: "refused", code: "note/due", message: { content: { text: "else" } } },
    ]);
  });

  it("[D6] says why it was not sent, and can be planned anew", async () => {
    const here = world({
      conversations: [
        { conversationId: "general", participants: [{ userId: "ada" }, { userId: "ben", role: "owner" }] },
      ],
    });
    const [ada] = await member(here, "ada");
    const [ben] = await member(here, "ben");
    const plans = openPlans(ada);
    const dueAt = here.clock.now() + HOUR_MS;
    await plans.schedule("general", "hello", dueAt);
    await (await ben.conversation("general").members.mute("ada")).settled();
    await here.clock.advance(HOUR_MS + 5);
    const [refused] = plans.scheduled.get();
    expect(refused).toMatchObject({ status: "refused", code: "permission/muted" });
    await (await ben.conversation("general").members.unmute("ada")).settled();
    await plans.reschedule(refused?.id ?? "", here.clock.now() + HOUR_MS);
    await here.clock.settle();
    expect(plans.scheduled.get()).toMatchObject([{ status: "waiting", code: undefined }]);
    await here.clock.advance(HOUR_MS + 5);
    expect(plans.scheduled.get()).toEqual([]);
    expect(here.backend.messages("general")).toMatchObject([{ id: refused?.id }]);
  });

  it("reminds of a message on all devices, until it is let go (row I1)", async () => {
    const here = world();
    const [phone, room] = await member(here, "ada");
    const [desk] = await member(here, "ada");
    const { id } = await room.send("look at this");
    const dueAt = here.clock.now() + HOUR_MS;
    await openPlans(phone).remind("general", id, dueAt, "answer");
    await here.clock.settle();
    const { reminders } = openPlans(desk);
    expect(reminders.get()).toEqual([
      { conversationId: "general", messageId: id, dueAt, text: "answer", firedAt: undefined },
    ]);
    const told: (number | undefined)[] = [];
    reminders.subscribe((all) => told.push(all[0]?.firedAt));
    await here.clock.advance(HOUR_MS + 5);
    expect(told.at(-1)).toBe(dueAt);
    await openPlans(desk).forget("general", id);
    await here.clock.settle();
    expect(openPlans(phone).reminders.get()).toEqual([]);
  });

  it("[D6] is refused at once where the backend does nothing later", async () => {
    const here = world();
    const { planAheadMs: _none, ...limits } = defaultPolicy.limits;
    here.backend.setPolicy({ ...defaultPolicy, limits });
    const [ada] = await member(here, "ada");
    await expect(openPlans(ada).schedule("general", "x", 2_000_000)).rejects.toMatchObject({
      code: "command/unsupported",
    });
    await expect(openPlans(ada).schedule("general", " ", 2_000_000)).rejects.toMatchObject({
      code: "draft/empty",
    });
  });
});
