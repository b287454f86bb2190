// @vitest-environment jsdom
import { type ClientSnapshot, dehydrate, hydrate } from "@tidings/core/bindings";
import { act } from "@testing-library/react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { page } from "./chat-page.tsx";
import { doing, refuseWarnings, world } from "./harness.tsx";
import { withoutDom } from "./without-dom.ts";

refuseWarnings();

describe("a page rendered on a server", () => {
  it("[D2] is taken up as it stands, and goes on live without anything twice", async () => {
    const here = world();
    const [onServer, ben] = [await here.join("ada"), await here.join("ben")];
    onServer.conversation("general");
    await ben.conversation("general").send("one");
    await here.settle();
    await onServer.conversation("general").members.load();
    onServer.disconnect(); // nobody is connected yet to what is rendered here
    const pages = await withoutDom(() => import("./chat-page.tsx"));
    const html = renderToString(pages.page(onServer));
    const snapshot: ClientSnapshot = JSON.parse(JSON.stringify(dehydrate(onServer)));
    await onServer.close();
    expect(html).toContain("one");
    await ben.conversation("general").send("two");

    const element = document.body.appendChild(document.createElement("div"));
    element.innerHTML = html;
    const [first] = element.children;
    const client = here.client("ada");
    hydrate(client, snapshot);
    const mismatches: unknown[] = [];
    let unmount = (): void => {};
    const onRecoverableError = (error: unknown): void => void mismatches.push(error);
    act(() => {
      const root = hydrateRoot(element, page(client), { onRecoverableError });
      unmount = () => root.unmount();
    });
    expect([mismatches, element.children[0] === first, element.innerHTML.includes("one")]).toEqual([
      [],
      true,
      true,
    ]);
    await here.settle();
    const texts = (): unknown[] => [...element.querySelectorAll("li")].map(({ textContent }) => textContent);
    expect(texts()).toEqual(["sent one", "sent two"]);
    await doing(() => client.conversation("general").send("three"));
    await here.settle();
    expect(texts()).toEqual(["sent one", "sent two", "sent three"]);
    act(unmount);
    await doing(() => client.close());
    expect(mismatches).toEqual([]);
  });
});
