// @vitest-environment jsdom
import type { Client, Observable } from "@tidings/core";
import { type BindingDriver, type BindingPart, bindingConformance, bindingText } from "@tidings/core/testing";
import {
  type App,
  createApp,
  defineComponent,
  effectScope,
  h,
  nextTick,
  ref,
  type Ref,
  type VNode,
} from "vue";
import { describe, expect, it } from "vitest";
import { useObservable } from "../use-observable.ts";

/** A component of one part, which says when it renders. */
function partOf<T>(
  name: BindingPart,
  source: () => Observable<T>,
  text: (value: T) => string,
  rendered: (name: BindingPart) => void,
): ReturnType<typeof defineComponent> {
  return defineComponent(() => {
    const value = useObservable(source);
    return (): VNode => {
      rendered(name);
      return h("p", { class: name }, text(value.value));
    };
  });
}

function screenOf(client: Client, id: Ref<string>, rendered: (name: BindingPart) => void): App {
  const room = (): ReturnType<Client["conversation"]> => client.conversation(id.value);
  const { messages, unread, typing, receipts, connection } = bindingText;
  let shown = room();
  let view = shown.timeline.window({ size: 50 });
  const window = (): typeof view => {
    if (room() !== shown) view = (shown = room()).timeline.window({ size: 50 });
    return view;
  };
  const parts = [
    partOf("messages", window, ({ items }) => messages(items), rendered),
    partOf("unread", () => room().unread, unread, rendered),
    partOf("typing", () => room().typing, typing, rendered),
    partOf("receipts", () => room().receipts, receipts, rendered),
    partOf("connection", () => client.connection, connection, rendered),
  ];
  return createApp(() => parts.map((part) => h(part)));
}

const driver: BindingDriver = {
  async doing(work) {
    await work();
    await nextTick();
  },
  mount(client, conversationId) {
    const counts = new Map<BindingPart, number>();
    const id = ref(conversationId);
    const app = screenOf(client, id, (name) => counts.set(name, (counts.get(name) ?? 0) + 1));
    app.config.warnHandler = (message) => {
      throw new Error(message);
    };
    const element = document.body.appendChild(document.createElement("div"));
    app.mount(element);
    return {
      read: (part) => element.querySelector(`.${part}`)?.textContent ?? "",
      renders: (part) => counts.get(part) ?? 0,
      show: (next) => void (id.value = next),
      unmount() {
        if (element.isConnected) app.unmount();
        element.remove();
      },
    };
  },
};

describe("useObservable", () => {
  bindingConformance({ describe, it, name: "a Vue composable", driver, report: () => {} });

  it("ends with the effect scope it was called in, also outside of components", () => {
    let listeners = 0;
    const observable: Observable<number> = {
      get: () => 1,
      subscribe() {
        listeners += 1;
        return () => void (listeners -= 1);
      },
    };
    const scope = effectScope();
    const value = scope.run(() => useObservable(observable));
    expect([value?.value, listeners]).toEqual([1, 1]);
    scope.stop();
    expect(listeners).toBe(0);
  });
});
