import { type BindingDriver, type BindingPart, bindingConformance, bindingText } from "@tidings/core/testing";
import { derived, get, type Readable } from "svelte/store";
import { describe, expect, it } from "vitest";
import { toStore } from "../to-store.ts";

const driver: BindingDriver = {
  doing: (work) => work(),
  mount(client, conversationId) {
    const texts = new Map<BindingPart, string>();
    const counts = new Map<BindingPart, number>();
    let ends: readonly (() => void)[] = [];
    /** As a component that shows `$store` does. */
    const shown = <T>(part: BindingPart, store: Readable<T>, text: (value: T) => string): (() => void) =>
      derived(store, text).subscribe((next) => {
        texts.set(part, next);
        counts.set(part, (counts.get(part) ?? 0) + 1);
      });
    const unmount = (): void => {
      for (const end of ends) end();
      ends = [];
    };
    const show = (id: string): void => {
      unmount();
      const { timeline, unread, typing, receipts } = client.conversation(id);
      ends = [
        shown("messages", toStore(timeline.window({ size: 50 })), ({ items }) => bindingText.messages(items)),
        shown("unread", toStore(unread), bindingText.unread),
        shown("typing", toStore(typing), bindingText.typing),
        shown("receipts", toStore(receipts), bindingText.receipts),
        shown("connection", toStore(client.connection), bindingText.connection),
      ];
    };
    show(conversationId);
    return { show, unmount, read: (part) => texts.get(part) ?? "", renders: (part) => counts.get(part) ?? 0 };
  },
};

describe("toStore", () => {
  bindingConformance({ describe, it, name: "a Svelte store", driver, report: () => {} });

  it("keeps the contract of a Svelte store: calls at once, and gives no old value to a late subscriber", () => {
    let value = 1;
    const store = toStore({ get: () => value, subscribe: () => () => {} });
    value = 2;
    const seen: number[] = [];
    store.subscribe((each) => seen.push(each))();
    expect([seen.at(-1), get(store)]).toEqual([2, 2]);
  });
});
