import { type Client, type ClientOptions, createClient } from "@tidings/core";
import {
  createMemoryBackend,
  type MemoryBackend,
  type MemoryBackendOptions,
  memoryTransport,
} from "@tidings/core/memory";
import { seededRandom, virtualClock, type VirtualClock } from "@tidings/core/testing";
import { act, cleanup, render, type RenderResult } from "@testing-library/react";
import { MessagingProvider } from "@tidings/react";
import { type ReactElement, type ReactNode, StrictMode } from "react";
import { afterEach, beforeEach, expect, vi } from "vitest";

export interface World {
  readonly backend: MemoryBackend;
  readonly clock: VirtualClock;
  /** A client that is not connected. */
  readonly client: (userId: string) => Client;
  /** A client that is online. */
  readonly join: (userId: string) => Promise<Client>;
  /** Lets everything under way arrive, on screen too. @param ms - default 1 */
  readonly settle: (ms?: number) => Promise<void>;
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
export function world(more: MemoryBackendOptions = {}): World {
  const clock = virtualClock(1_000_000);
  const conversations = ["general", "elsewhere"].map((conversationId) => ({ conversationId }));
  const backend = createMemoryBackend({ clock, random: seededRandom(1), conversations, ...more });
  const options = (userId: string): ClientOptions => ({
    transport: memoryTransport({ backend, userId }),
    clock,
    random: seededRandom(userId.charCodeAt(0)),
    logger: () => {},
  });
  const settle = (ms = 1): Promise<void> => act(() => clock.advance(ms));
  const make = (userId: string): Client => createClient(options(userId));
  return {
    backend,
    clock,
    settle,
    client: make,
    async join(userId) {
      const client = make(userId);
      await client.connect();
      await settle();
      return client;
    },
  };
}

/** Around what is shown, as an app in development has it. */
export function wrapperFor(client: Client): (props: { readonly children: ReactNode }) => ReactElement {
  return ({ children }) => (
    <StrictMode>
      <MessagingProvider client={client} connect={false}>
        {children}
      </MessagingProvider>
    </StrictMode>
  );
}

export function show(client: Client, children: ReactNode): RenderResult {
  return render(children, { wrapper: wrapperFor(client) });
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
