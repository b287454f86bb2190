// @vitest-environment jsdom
import { createClient, type Transport } from "@tidings/core";
import { memoryTransport } from "@tidings/core/memory";
import { virtualClock } from "@tidings/core/testing";
import { act, render, type RenderResult } from "@testing-library/react";
import { MessagingProvider, useConnection } from "@tidings/react";
import { type ReactElement, StrictMode } from "react";
import { describe, expect, it } from "vitest";
import { refuseWarnings } from "./harness.tsx";
import { shown } from "./screen.tsx";

refuseWarnings();

function Name(): ReactElement {
  return <p data-testid="name">{useConnection().name}</p>;
}

function lab(): { screen: () => RenderResult; settle: () => Promise<void>; opened: () => number } {
  const real = memoryTransport();
  let opened = 0;
  const transport: Transport = {
    ...real,
    open(request, signal) {
      opened += 1;
      return real.open(request, signal);
    },
  };
  const client = createClient({ transport });
  const settle = (): Promise<void> => act(() => virtualClock().settle());
  const screen = (): RenderResult =>
    render(
      <StrictMode>
        <MessagingProvider client={client}>
          <Name />
        </MessagingProvider>
      </StrictMode>,
    );
  return { screen, settle, opened: () => opened };
}

describe("the provider", () => {
  it("connects, once, in StrictMode too", async () => {
    const { screen, settle, opened } = lab();
    screen();
    await settle();
    expect([shown("name"), opened()]).toEqual(["online", 1]);
  });

  it("keeps the link when the screen is replaced, also while it connects", async () => {
    const { screen, settle, opened } = lab();
    screen().unmount();
    const second = screen();
    await settle();
    second.unmount();
    screen();
    await settle();
    expect([shown("name"), opened()]).toEqual(["online", 1]);
  });
});
