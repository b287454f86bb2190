// @vitest-environment jsdom
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Client, createClient, type Transport } from "@tidings/core";
import { createMemoryBackend, memoryTransport } from "@tidings/core/memory";
import { virtualClock } from "@tidings/core/testing";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { type ComponentType, createElement, StrictMode } from "react";
import { afterAll, describe, expect, it } from "vitest";
import { codeBlocks } from "../../../scripts/docs/blocks.ts";
import { refuseWarnings } from "./harness.tsx";

refuseWarnings();

const PAGES = ["docs/guides/react.md", "packages/react/README.md"];
const FOLDER = join(import.meta.dirname, "guide.tmp");
const blocks = PAGES.flatMap((page) => codeBlocks(page, readFileSync(page, "utf8"))).filter(
  ({ language, isFragment }) => language === "tsx" && !isFragment,
);

/** What a block exports, run as the file a reader would make of it. */
interface Exports {
  readonly App?: ComponentType;
  readonly test?: () => Promise<void>;
  readonly pageFor?: (client: Client) => string;
  readonly start?: (transport: Transport) => { unmount(): void };
}

async function run(code: string, line: number): Promise<Exports> {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `block-${line}.tsx`);
  writeFileSync(file, code);
  return import(/* @vite-ignore */ file);
}

const settle = (): Promise<void> => act(() => virtualClock().settle());

/** A page as a server sends it, taken up by the browser, where somebody else goes on talking. */
async function visit(
  pageFor: NonNullable<Exports["pageFor"]>,
  start: NonNullable<Exports["start"]>,
): Promise<void> {
  const backend = createMemoryBackend();
  const [server, ben] = ["ada", "ben"].map((userId) =>
    createClient({ transport: memoryTransport({ backend, userId }) }),
  );
  if (!server || !ben) throw new Error("unable to visit; nobody is here");
  for (const client of [server, ben]) await client.connect();
  const room = ben.conversation("general");
  server.conversation("general");
  await room.send("said before </script>");
  await settle();
  document.body.innerHTML = pageFor(server);
  const list = document.querySelector("ol");
  let unmount = (): void => {};
  await act(async () => {
    const root = start(memoryTransport({ backend, userId: "ada" }));
    unmount = () => root.unmount();
    await virtualClock().settle();
  });
  await act(async () => void (await room.send("said since")));
  await settle();
  expect(document.querySelector("ol")).toBe(list);
  expect([...document.querySelectorAll("li")].map(({ textContent }) => textContent)).toEqual([
    "said before </script>",
    "said since",
  ]);
  act(unmount);
  await server.close();
  await ben.close();
}

describe("code in the guide", () => {
  afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

  it.each(blocks)("of $page, line $line, runs, and shows what is written in it", async ({ code, line }) => {
    const { App, test, pageFor, start } = await run(code, line);
    if (test) return test();
    if (pageFor && start) return visit(pageFor, start);
    if (!App) throw new Error("unable to run the block; it exports none of App, test, pageFor");
    render(createElement(StrictMode, null, createElement(App)));
    await settle();
    const input = screen.queryByRole("textbox");
    if (!input) return expect(document.body.textContent).not.toBe("");
    fireEvent.change(input, { target: { value: "hello" } });
    expect(input).toHaveProperty("value", "hello");
    await act(async () => void fireEvent.keyDown(input, { key: "Enter" }));
    expect(input).toHaveProperty("value", "");
    const list = screen.queryByRole("list");
    if (list) expect(list.textContent).toContain("hello");
  });
});
