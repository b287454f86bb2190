import { describe, expect, it } from "vitest";
import { member, world } from "../../test/client/world.ts";
import { mint } from "../../test/ledger.ts";
import { openReports } from "./reports.ts";

describe("reports", () => {
  it("made offline show at once, are one for each message, and stand on all devices (row D24)", async () => {
    const here = world();
    const [phone, room] = await member(here, "ada");
    const [desk] = await member(here, "ada");
    const [eve] = await member(here, "eve");
    const said = await eve.conversation("general").send("rude");
    await said.settled();
    await here.clock.settle();
    const reports = openReports(phone);
    expect(openReports(phone)).toBe(reports);
    phone.disconnect();
    const sent = [
      await reports.reportMessage(room.id, said.id, "no"),
      await reports.reportPerson(room.id, "eve", "her again"),
      await reports.reportMessage(room.id, said.id, "really no"),
    ];
    const shown = (client = phone): unknown =>
      openReports(client)
        .reports.get()
        .map(({ messageId, userId, text }) => `${messageId ?? userId} ${text}`)
        .toSorted();
    const both = [`${said.id} really no`, "eve her again"].toSorted();
    expect([shown(), shown(desk)]).toEqual([both, []]);
    await phone.connect();
    await Promise.all(sent.map((each) => each.settled()));
    await here.clock.settle();
    expect([shown(), shown(desk)]).toEqual([both, both]);
  });

  it("[D6] of what one cannot see are refused, and taken back", async () => {
    const here = world();
    const [ada] = await member(here, "ada");
    const { reportMessage, reports } = openReports(ada);
    ada.disconnect();
    const unseen = await reportMessage("general", "01900000-0000-7000-8000-000000000001", "what?");
    expect(reports.get()).toHaveLength(1);
    const outcome = Promise.allSettled([unseen.settled()]);
    await ada.connect();
    await here.clock.settle();
    expect(await outcome).toMatchObject([{ reason: { code: "message/not-found" } }]);
    expect(reports.get()).toEqual([]);
  });
});

describe("appeals", () => {
  it("say what came of them, on all devices", async () => {
    const participants = [{ userId: "mo", role: "moderator" }, { userId: "eve" }] as const;
    const here = world({ conversations: [{ conversationId: "general", participants }] });
    const [eve, room] = await member(here, "eve");
    const [desk] = await member(here, "eve");
    const said = await room.send("mine");
    await said.settled();
    const on = { conversationId: "general", messageId: said.id, at: 1 } as const;
    here.backend.act("mo", { type: "message.delete", commandId: mint(), ...on, reason: "spam" });
    await here.clock.settle();
    expect(room.timeline.get().items.at(-1)).toMatchObject({ message: { moderated: true, reason: "spam" } });
    const { appeal, appeals } = openReports(eve);
    await (await appeal("general", said.id, "it is not")).settled();
    const asked = { messageId: said.id, text: "it is not" };
    expect(appeals.get()).toMatchObject([{ ...asked, outcome: undefined }]);
    await expect(appeal("general", said.id, "really")).rejects.toMatchObject({ code: "moderation/appealed" });
    const { messageId } = on;
    const subject = { kind: "appeal", conversationId: "general", messageId } as const;
    const value = { text: "it is not", outcome: "granted" } as const;
    const answer = {
      type: "note.set",
      commandId: mint(),
      conversationId: "~/eve",
      at: 2,
      subject,
      value,
    } as const;
    here.backend.act("eve", answer, { system: true });
    await here.clock.settle();
    for (const client of [eve, desk])
      expect(openReports(client).appeals.get()).toMatchObject([{ ...asked, outcome: "granted" }]);
  });
});
