import {
  type BindingBench,
  type BindingPart,
  type BindingView,
  ELSEWHERE,
  expectShown,
  HERE,
} from "./binding-bench.ts";
import { expectSame, expectThat, law, type LawGroup } from "./kit.ts";

const PARTS: readonly BindingPart[] = ["messages", "unread", "typing", "receipts", "connection"];

const showing: LawGroup<BindingBench> = {
  title: "what is shown",
  laws: [
    law("[V1] shows what there is when it is mounted, and what others say then", async (bench) => {
      const { room, other, mount, doing, settle } = bench;
      const ben = await other("ben");
      await ben.send("one");
      await settle();
      const view = await mount();
      expectShown(view, "messages", "sent one");
      expectShown(view, "unread", "1");
      await doing(() => ben.send("two"));
      await settle();
      expectShown(view, "messages", "sent one, sent two");
      expectShown(view, "unread", "2");
      await doing(() => room.markRead());
      expectShown(view, "unread", "0");
    }),
    law("[V2] shows a message the moment it is sent, and how far it gets", async (bench) => {
      const { backend, room, mount, doing, settle, holdStorage } = bench;
      const view = await mount();
      const release = holdStorage();
      await doing(() => void room.send("hello"));
      expectShown(view, "messages", "queued hello");
      backend.faults.hold();
      release();
      await settle();
      expectShown(view, "messages", "sending hello");
      await doing(() => backend.faults.release());
      await settle();
      expectShown(view, "messages", "sent hello");
    }),
    law("[V3] shows a message that came back, and what becomes of it", async (bench) => {
      const { backend, client, room, mount, doing, settle } = bench;
      const view = await mount();
      backend.faults.refuseNext("draft/refused");
      await doing(() => room.send("hello"));
      await settle();
      expectShown(view, "messages", "failed hello");
      const [entry] = client.outbox.get().entries;
      await doing(() => client.outbox.cancel(entry?.command.commandId ?? ""));
      expectShown(view, "messages", "");
    }),
    law("[V4] shows who types, and that they have stopped", async ({ other, mount, settle, doing }) => {
      const ben = await other("ben");
      const view = await mount();
      await doing(() => ben.typing.notify());
      await settle();
      expectShown(view, "typing", "ben");
      await doing(() => ben.typing.stop());
      await settle(10_000); // it is told sparingly
      expectShown(view, "typing", "");
    }),
    law("[V5] shows how the connection is doing", async ({ client, mount, settle, doing }) => {
      const view = await mount();
      expectShown(view, "connection", "online");
      await doing(() => client.disconnect());
      expectShown(view, "connection", "idle");
      await doing(() => void client.connect());
      await settle();
      expectShown(view, "connection", "online");
    }),
    law("[V6] shows another conversation when asked for another, and forgets the first", async (bench) => {
      const { client, room, mount, doing, settle } = bench;
      const there = client.conversation(ELSEWHERE);
      await doing(async () => {
        await room.send("here");
        await there.send("there");
      });
      await settle();
      const view = await mount();
      const before = bench.listening();
      await doing(() => view.show(ELSEWHERE));
      await settle();
      expectShown(view, "messages", "sent there");
      expectSame(bench.listening(), before, "the number of listeners");
      await doing(() => room.send("again here"));
      await settle();
      expectShown(view, "messages", "sent there");
      await doing(() => there.send("again there"));
      await settle();
      expectShown(view, "messages", "sent there, sent again there");
    }),
  ],
};

const cost: LawGroup<BindingBench> = {
  title: "what it costs",
  laws: [
    law("[V7] renders nothing for a message in another conversation", async (bench) => {
      const { client, other, mount } = bench;
      client.conversation(ELSEWHERE);
      const ben = await other("ben", ELSEWHERE);
      await rendersOnly([], bench, await mount(), () => ben.send("not here"));
    }),
    law("[V8] renders for a typing signal only who shows it", async (bench) => {
      const ben = await bench.other("ben");
      await rendersOnly(["typing"], bench, await bench.mount(), () => ben.typing.notify());
    }),
    law("[V9] renders for a receipt only who shows it", async (bench) => {
      const { other, mount, settle, doing } = bench;
      const [ben, cleo] = [await other("ben"), await other("cleo")];
      await doing(() => ben.send("read me"));
      await settle(2_000);
      const view = await mount();
      await rendersOnly(["receipts"], bench, view, () => cleo.markRead());
    }),
    law("[V10] renders only who shows the connection when that changes", async (bench) => {
      await rendersOnly(["connection"], bench, await bench.mount(), () => bench.client.disconnect());
    }),
    law("[V11] renders no more often than what it shows changes", async (bench) => {
      const { room, mount, doing, settle } = bench;
      const view = await mount();
      let changes = 0;
      const stop = room.timeline.subscribe(() => void (changes += 1));
      const once = await rendersPerChange(bench, view);
      const before = view.renders("messages");
      changes = 0;
      await doing(() => Promise.all(Array.from({ length: 20 }, (_, index) => room.send(`${index}`))));
      await settle();
      stop();
      const rendered = view.renders("messages") - before;
      const most = changes * once;
      expectThat(rendered <= most, `20 messages should render at most ${most} times; it is ${rendered}`);
    }),
  ],
};

const ending: LawGroup<BindingBench> = {
  title: "how it ends",
  laws: [
    law("[V12] listens while it is mounted, and leaves no listener behind", async (bench) => {
      const { listening, mount, doing, settle } = bench;
      const before = listening();
      const view = await mount();
      expectThat(listening() > before, "a view should listen; it does not");
      await doing(() => view.unmount());
      await settle();
      expectSame(listening(), before, "the number of listeners");
    }),
    law("[V13] goes on showing what there is after the client was closed (D10)", async (bench) => {
      const { client, room, mount, doing } = bench;
      await doing(() => room.send("still here"));
      await bench.settle();
      const view = await mount();
      await doing(() => client.close());
      expectShown(view, "messages", "sent still here");
      expectShown(view, "connection", "closed");
      const late = await mount(HERE);
      for (const part of PARTS) expectShown(late, part, view.read(part));
    }),
  ],
};

export const bindingLaws: readonly LawGroup<BindingBench>[] = [showing, cost, ending];

/** How often a view renders for one change: twice where the library checks that rendering has no effects. */
async function rendersPerChange({ room, doing, settle }: BindingBench, view: BindingView): Promise<number> {
  const before = view.renders("messages");
  await doing(() => void room.send("one change"));
  const rendered = view.renders("messages") - before;
  await settle();
  return rendered;
}

async function rendersOnly(
  wanted: readonly BindingPart[],
  { doing, settle }: BindingBench,
  view: BindingView,
  work: () => unknown,
): Promise<void> {
  const before = PARTS.map((part) => view.renders(part));
  await doing(work);
  await settle(3_000);
  const rendered = PARTS.filter((part, index) => view.renders(part) !== before[index]);
  expectSame(rendered, wanted, "what rendered");
}
