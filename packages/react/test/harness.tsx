import { type Client, type ClientOptions, createClient } from "@tidings/core";
import { createMemoryBackend, type MemoryBackend, memoryTransport } from "@tidings/core/memory";
import { seededRandom, virtualClock } from "@tidings/core/testing";
import { act, cleanup, render, type RenderResult } from "@testing-library/react";
import { MessagingProvider } from "@tidings/react";
import { type ReactNode, StrictMode } from "react";
import { afterEach, beforeEach, expect, vi } from "vitest";

export interface World {
  readonly backend: MemoryBackend;
  /** A client that is online. */
  readonly join: (userId: string) => Promise<Client>;
  /** Lets everything under way arrive, on screen too. */
  readonly settle: () => Promise<void>;
}

/** Does something, and lets what follows from it in this turn of the event loop arrive on screen. */
export function doing<T>(work: () => Promise<T>): Promise<T> {
  return act(async () => {
    const result = await work();
    await virtualClock().settle();
    return result;
  });
}

/** Two rooms, and time that stands still. */
export function world(): World {
  const clock = virtualClock(1_000_000);
  const conversations = ["general", "elsewhere"].map((conversationId) => ({ conversationId }));
  const backend = createMemoryBackend({ clock, random: seededRandom(1), conversations });
  const options = (userId: string): ClientOptions => ({
    transport: memoryTransport({ backend, userId }),
    clock,
    random: seededRandom(userId.charCodeAt(0)),
  });
  const settle = (): Promise<void> => act(() => clock.advance(1));
  return {
    backend,
    settle,
    async join(userId) {
      const client = createClient(options(userId));
      await client.connect();
      await settle();
      return client;
    },
  };
}

/** On screen as an app in development has it. */
export function show(client: Client, children: ReactNode): RenderResult {
  return render(children, {
    wrapper: (props) => (
      <StrictMode>
        <MessagingProvider client={client}>{props.children}</MessagingProvider>
      </StrictMode>
    ),
  });
}

/** What React has to complain of fails the test: loops, updates while rendering, updates outside of `act`. */
export function refuseWarnings(): void {
  beforeEach(() => {
    vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
    vi.spyOn(console, "error");
  });
  afterEach(() => {
    cleanup();
    expect(console.error).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
}
