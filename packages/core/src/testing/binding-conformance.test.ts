import { describe, expect, it } from "vitest";
import type { Observable } from "../base/observable.ts";
import type { Client } from "../client/types.ts";
import { type BindingDriver, type BindingPart, bindingText, type BindingView } from "./binding-bench.ts";
import { bindingConformance } from "./binding-conformance.ts";

/** How one part of a view is bound: told of every change, until what it returns is called. */
type Bind = <T>(observable: Observable<T>, show: (value: T) => void) => () => void;

const sound: Bind = (observable, show) => {
  show(observable.get());
  return observable.subscribe(show);
};

/** The simplest view library there is: a text for each part, written when it is told. */
function plainDriver(bind: Bind, change: Partial<BindingView> = {}): BindingDriver {
  return {
    doing: (work) => work(),
    mount(client, conversationId) {
      const view = plainView(client, bind);
      void view.show(conversationId);
      return { ...view, ...change };
    },
  };
}

function plainView(client: Client, bind: Bind): BindingView {
  const texts = new Map<BindingPart, string>();
  const counts = new Map<BindingPart, number>();
  let ends: (() => void)[] = [];
  const put = (part: BindingPart, text: string): void => {
    texts.set(part, text);
    counts.set(part, (counts.get(part) ?? 0) + 1);
  };
  const unmount = (): void => {
    for (const end of ends) end();
    ends = [];
  };
  return {
    unmount,
    read: (part) => texts.get(part) ?? "",
    renders: (part) => counts.get(part) ?? 0,
    show(conversationId) {
      unmount();
      const { timeline, unread, typing, receipts } = client.conversation(conversationId);
      ends = [
        bind(timeline.window({ size: 50 }), ({ items }) => put("messages", bindingText.messages(items))),
        bind(unread, (count) => put("unread", bindingText.unread(count))),
        bind(typing, (userIds) => put("typing", bindingText.typing(userIds))),
        bind(receipts, (list) => put("receipts", bindingText.receipts(list))),
        bind(client.connection, (state) => put("connection", bindingText.connection(state))),
      ];
    },
  };
}

describe("a binding of nothing but get and subscribe", () => {
  bindingConformance({ describe, it, driver: plainDriver(sound), report: () => {} });
});

/** The laws a binding is found to break, by id. */
async function broken(driver: BindingDriver): Promise<readonly string[]> {
  const laws: { readonly title: string; readonly body: () => Promise<void> }[] = [];
  bindingConformance({
    describe: (_title, body) => body(),
    it: (title, body) => void laws.push({ title, body }),
    report: () => {},
    driver,
  });
  const found: string[] = [];
  for (const { title, body } of laws)
    await body().catch(() => found.push(/\[(.+?)\]/.exec(title)?.[1] ?? title));
  return found;
}

describe("bindingConformance", () => {
  it("finds nothing wrong with a binding that keeps the contract", async () => {
    expect(await broken(plainDriver(sound))).toEqual([]);
  });

  it.each<[string, string, BindingDriver]>([
    ["shows nothing at first", "V1", plainDriver((observable, show) => observable.subscribe(show))],
    ["shows only what there was at first", "V1", plainDriver(once)],
    ["is one change behind", "V2", plainDriver(late)],
    ["shows a message when its sending is over", "V2", plainDriver(settled)],
    ["leaves standing what came back", "V3", plainDriver(keepsLast)],
    ["never shows that nobody is left", "V4", plainDriver(keepsLast)],
    ["shows everything but the connection", "V5", plainDriver(sound, { read: () => "" })],
    ["stays at the first conversation", "V6", plainDriver(sound, { show: () => {} })],
    ["goes on listening to the conversation before", "V6", plainDriver(leaking)],
    ["renders when the list of conversations changes", "V7", listDriver],
    ["renders all parts for a typing signal", "V8", togetherDriver],
    ["renders all parts for a receipt", "V9", togetherDriver],
    ["renders all parts for the connection", "V10", togetherDriver],
    ["renders once per message", "V11", plainDriver(perMessage)],
    ["listens for ever", "V12", plainDriver(leaking)],
    ["does not listen", "V12", plainDriver(once)],
    ["refuses a client that is closed", "V13", closingDriver],
  ])("notices one that %s", async (_what, law, driver) => {
    expect(await broken(driver)).toContain(law);
  });

  it("says so of a driver that does nothing", async () => {
    const driver = { ...plainDriver(sound), doing: async () => {} };
    expect(await broken(driver)).toContain("V1");
  });
});

function once<T>(observable: Observable<T>, show: (value: T) => void): () => void {
  show(observable.get());
  return () => {};
}

function late<T>(observable: Observable<T>, show: (value: T) => void): () => void {
  let last = observable.get();
  show(last);
  return observable.subscribe((value) => {
    show(last);
    last = value;
  });
}

function settled<T>(observable: Observable<T>, show: (value: T) => void): () => void {
  const isUnderWay = (value: T): boolean =>
    [...(Object(value).items ?? [])].some(({ status }) => status === "queued" || status === "sending");
  return sound(observable, (value) => isUnderWay(value) || show(value));
}

function keepsLast<T>(observable: Observable<T>, show: (value: T) => void): () => void {
  const sizeOf = (value: unknown): unknown => Object(value).items?.length ?? Object(value).length;
  show(observable.get());
  return observable.subscribe((value) => sizeOf(value) === 0 || show(value));
}

function leaking<T>(observable: Observable<T>, show: (value: T) => void): () => void {
  sound(observable, show);
  return () => {};
}

function perMessage<T>(observable: Observable<T>, show: (value: T) => void): () => void {
  return sound(observable, (value) => {
    const times = Object(value).items?.length ?? 1;
    for (let time = 0; time < Math.max(1, times); time += 1) show(value);
  });
}

/** A view made anew whenever anything about any conversation is. */
const listDriver: BindingDriver = {
  doing: (work) => work(),
  mount(client, conversationId) {
    const view = plainView(client, sound);
    let more = 0;
    const end = client.conversations.subscribe(() => void (more += 1));
    void view.show(conversationId);
    const unmount = (): void => {
      end();
      void view.unmount();
    };
    return { ...view, unmount, renders: (part) => view.renders(part) + more };
  },
};

/** A view of one piece: whatever changes, all of it renders. */
const togetherDriver: BindingDriver = {
  doing: (work) => work(),
  mount(client, conversationId) {
    const view = plainView(client, sound);
    void view.show(conversationId);
    const parts = ["messages", "unread", "typing", "receipts", "connection"] as const;
    return { ...view, renders: () => parts.reduce((sum, part) => sum + view.renders(part), 0) };
  },
};

const closingDriver: BindingDriver = {
  doing: (work) => work(),
  mount(client, conversationId) {
    if (client.connection.get().name === "closed") throw new Error("the client is closed");
    const view = plainView(client, sound);
    void view.show(conversationId);
    return view;
  },
};
