// @vitest-environment jsdom
import { PassThrough } from "node:stream";
import type { Client } from "@tidings/core";
import { dehydrate, hydrate } from "@tidings/core/bindings";
import { act } from "@testing-library/react";
import { hydrateRoot } from "react-dom/client";
import { renderToPipeableStream } from "react-dom/server";
import { afterEach, describe, expect, it, vi } from "vitest";
import { doing, refuseWarnings, world, type World } from "./harness.tsx";
import { latePage } from "./late-page.tsx";
import { withoutDom } from "./without-dom.ts";

refuseWarnings();
afterEach(() => void (document.body.innerHTML = ""));

/** What a server sends first, and what it sends once the room no longer waits. */
async function stream(client: Client, id: string): Promise<{ shell: string; rest: string }> {
  const onServer = await withoutDom(() => import("./late-page.tsx"));
  let open = (): void => {};
  let isOpen = false;
  const gate = new Promise<void>((resolve) => {
    open = () => {
      isOpen = true;
      resolve();
    };
  });
  const wait = (): void => {
    if (!isOpen) throw gate;
  };
  return new Promise((resolve, reject) => {
    const chunks: string[] = [];
    let shell = "";
    const sink = new PassThrough({ encoding: "utf8" });
    sink.on("data", (chunk: string) => {
      chunks.push(chunk);
      shell ||= chunk;
      open();
    });
    sink.on("end", () => resolve({ shell, rest: chunks.slice(1).join("") }));
    const { pipe } = renderToPipeableStream(onServer.latePage(client, { id, log: [], wait }), {
      onShellReady: () => pipe(sink),
      onError: reject,
    });
  });
}

/** What the browser's parser does when a part of the stream comes. */
function receive(html: string): HTMLElement {
  const element = document.body.appendChild(document.createElement("div"));
  element.innerHTML = html;
  for (const { text } of element.querySelectorAll("script")) {
    document.body.append(Object.assign(document.createElement("script"), { text })); // those of innerHTML do not run
  }
  for (const script of document.querySelectorAll("script")) script.remove();
  return element;
}

async function visit(here: World, id: string): Promise<{ log: string[]; warm: () => Promise<Element> }> {
  const onServer = await here.join("ada");
  onServer.conversation("general");
  await here.settle();
  await onServer.conversation("general").members.load();
  onServer.disconnect();
  const snapshot: unknown = JSON.parse(JSON.stringify(dehydrate(onServer)));
  const { shell, rest } = await stream(onServer, id);
  await onServer.close();

  vi.spyOn(document, "readyState", "get").mockReturnValue("loading"); // the parser waits for the rest
  const element = receive(shell);
  const client = here.client("ada");
  hydrate(client, snapshot);
  const log: string[] = [];
  const mismatches: unknown[] = [];
  const onRecoverableError = (error: unknown): void => void mismatches.push(error);
  let unmount = (): void => {};
  act(() => {
    const root = hydrateRoot(element, latePage(client, { id, log, wait: () => {} }), {
      onRecoverableError,
    });
    unmount = () => root.unmount();
  });
  expect([element.querySelector("i")?.textContent, element.querySelector(".room"), log]).toEqual([
    "…",
    null,
    [],
  ]);
  await doing(() => client.connect());
  const unwatch = client.conversation(id).typing.subscribe(() => {});
  const ben = await here.join("ben");
  await doing(async () => {
    await ben.conversation(id).send("two");
    ben.conversation(id).typing.notify();
    ben.conversation(id).markRead();
    client.conversation(id).draft.set("begun");
  });
  await here.settle(1_000);
  expect(element.querySelector("nav")?.textContent).toBe("two"); // live outside, while the boundary waits

  return {
    log,
    async warm() {
      await doing(async () => {
        receive(rest);
        await expect.poll(() => element.querySelector(".room")).not.toBeNull(); // in its place, and still cold
        await new Promise(requestAnimationFrame); // in the next frame, React 19 is told
      });
      await here.settle();
      const [shown] = element.querySelectorAll(".room");
      expect(mismatches).toEqual([]);
      expect(shown?.textContent).toBe(log.at(-1));
      unwatch();
      await doing(() => ben.close());
      act(unmount);
      await doing(() => client.close());
      if (!shown) throw new Error("unable to find the room");
      return shown;
    },
  };
}

describe("a boundary that hydrates late", () => {
  it("begins with what the server showed, and shows at once what has happened since", async () => {
    const here = world();
    const ben = await here.join("ben");
    await ben.conversation("general").send("one");
    await ben.close();
    const { log, warm } = await visit(here, "general");
    await warm();
    expect([log[0], log.at(-1)]).toEqual([
      "one,false,idle,,1,,false,0,offline,,unsupported,2,",
      "one+two,true,online,ben,2,begun,false,0,offline,,unsupported,2,0+2",
    ]);
  });

  it("does so for a conversation of which the server knew nothing", async () => {
    const here = world();
    await (await here.join("ben")).close();
    const { log, warm } = await visit(here, "elsewhere");
    await warm();
    expect(log[0]).toMatch(/^,false,idle,,0,,true,0,offline,,unsupported,1,$/);
    expect(log.at(-1)).toMatch(/^two,true,online,ben,1,begun,false,0,offline,,unsupported,/);
  });
});
