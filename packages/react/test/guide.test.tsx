// @vitest-environment jsdom
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

/** The `App` a block exports, run as the file a reader would make of it. */
async function appOf(code: string, line: number): Promise<ComponentType> {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `block-${line}.tsx`);
  writeFileSync(file, code);
  const { App } = await import(/* @vite-ignore */ file);
  return App;
}

const settle = (): Promise<void> => act(() => virtualClock().settle());

describe("code in the guide", () => {
  afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

  it.each(blocks)("of $page, line $line, runs, and shows what is written in it", async ({ code, line }) => {
    render(createElement(StrictMode, null, createElement(await appOf(code, line))));
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
