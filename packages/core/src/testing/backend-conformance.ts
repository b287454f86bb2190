import { askingLaws, tokenlessLaws, tokenLaws } from "./backend-laws-asking.ts";
import {
  catchingUpLaws,
  receiptlessLaws,
  receiptLaws,
  signalLaws,
  silentLaws,
} from "./backend-laws-catching-up.ts";
import { hearingLaws } from "./backend-laws-hearing.ts";
import type { KitSocket } from "./backend-peer.ts";
import { type BackendTrial, createBackendTrial } from "./backend-trial.ts";
import { createWaiting, type LawGroup, runKit, type TestRunner } from "./kit.ts";

/** What to expect of a backend that speaks our wire. */
export interface BackendExpectations {
  /** It checks who one is. Without, a token is merely a name. */
  readonly tokens: boolean;
  /** Typing and presence travel. */
  readonly signals: boolean;
  /** Other participants' watermarks travel. */
  readonly receipts: boolean;
}

export interface BackendConformanceOptions extends TestRunner {
  /** Where the backend listens: `ws:` or `wss:`. */
  readonly url: string | (() => string | Promise<string>);
  /** The class to connect with: the platform's, or that of the package `ws`. */
  readonly WebSocket: new (url: string) => KitSocket;
  /**
   * A token of that user. The ids are made up, new ones for each law, so that rates and memberships of one do not disturb
   * another; whom the token really stands for is learned from the welcome, but two ids must be two users.
   */
  readonly token: (userId: string) => Promise<string | undefined> | string | undefined;
  readonly supports: BackendExpectations;
  /** Heads the report. */
  readonly name?: string;
  /** How long the backend may take for anything. 2 000 by default. */
  readonly patienceMs?: number;
  /** Takes the report: a table in Markdown, to be pasted into a README. Printed if absent. */
  readonly report?: (table: string) => void;
}

/**
 * What docs/protocol.md asks of a server (docs/spec/backend.md) as tests, over its socket: in whatever language it is
 * written. Users create conversations of their own, and leave them behind.
 *
 * @example
 * backendConformance({
 *   describe,
 *   it,
 *   url: "ws://localhost:8787",
 *   WebSocket,
 *   token: (userId) => issueToken({ secret, userId }),
 *   supports: { tokens: true, signals: true, receipts: true },
 * });
 */
export function backendConformance(options: BackendConformanceOptions): void {
  const {
    describe,
    it,
    url,
    WebSocket,
    token,
    supports,
    name = "backend",
    patienceMs = 2_000,
    report,
  } = options;
  const wait = createWaiting(patienceMs);
  const connect = async (): Promise<KitSocket> =>
    new WebSocket(typeof url === "function" ? await url() : url);
  runKit<BackendTrial>({
    ...{ describe, it, report },
    title: `the contract of a backend, kept by ${name}`,
    groups: groupsOf(supports),
    open: async () => createBackendTrial({ connect, token, wait }),
    close: async (trial) => trial.close(),
  });
}

function groupsOf({ tokens, signals, receipts }: BackendExpectations): readonly LawGroup<BackendTrial>[] {
  return [
    { title: tokens ? "with tokens" : "without tokens", laws: tokens ? tokenLaws : tokenlessLaws },
    ...askingLaws,
    ...hearingLaws,
    catchingUpLaws,
    {
      title: receipts ? "with receipts" : "without receipts",
      laws: receipts ? receiptLaws : receiptlessLaws,
    },
    { title: signals ? "with signals" : "without signals", laws: signals ? signalLaws : silentLaws },
  ];
}
