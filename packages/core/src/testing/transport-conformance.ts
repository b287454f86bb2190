import type { TransportSupport } from "../ports/transport.ts";
import { createWaiting, expectSame, type LawGroup, law, runKit, type TestRunner } from "./kit.ts";
import type { TransportBench } from "./transport-bench.ts";
import {
  endLaws,
  farewellLaws,
  garbleLaws,
  speechlessLaws,
  tokenlessLaws,
  tokenLaws,
} from "./transport-laws-end.ts";
import { linkLaws, type TransportTrial } from "./transport-laws-link.ts";
import {
  pipeliningLaws,
  receiptlessLaws,
  receiptLaws,
  searchlessLaws,
  searchLaws,
  signalLaws,
  silentLaws,
  singleFileLaws,
} from "./transport-laws-supports.ts";

/** What to expect of a transport and of the backend it is held to. */
export interface TransportExpectations extends TransportSupport {
  /** The backend asks who one is. */
  readonly tokens: boolean;
  /** The backend can say why it ends a link. */
  readonly farewells: boolean;
  /** The bench can garble an answer on its way (`garbleNext`). No by default: in memory there is nothing to garble. */
  readonly garbling?: boolean;
}

export interface TransportConformanceOptions extends TestRunner {
  /** A transport with a backend of its own, for one law each; closed by the kit. */
  readonly create: () => TransportBench | Promise<TransportBench>;
  readonly supports: TransportExpectations;
  /** Heads the report. */
  readonly name?: string;
  /** How long the backend may take for anything. 2 000 by default. */
  readonly patienceMs?: number;
  /** Takes the report: a table in Markdown, to be pasted into a README. Printed if absent. */
  readonly report?: (table: string) => void;
}

/**
 * The contract of the port `Transport` (docs/spec/transport.md) as tests, to hold an adapter to. The backend at its other
 * end does through `TransportBackend` what a law is about: a real one in your hand, or `scriptedBackend` behind your wire.
 *
 * @example
 * transportConformance({
 *   describe,
 *   it,
 *   supports: { pipelining: false, signals: false, receipts: false, tokens: true, farewells: false },
 *   async create() {
 *     const scripted = await scriptedBackend();
 *     const server = await startServer(scripted.memory);
 *     return scripted.bench(myTransport(server.url), { cut: () => server.cut(), close: () => server.close() });
 *   },
 * });
 */
export function transportConformance(options: TransportConformanceOptions): void {
  const { describe, it, create, supports, name = "transport", patienceMs = 2_000, report } = options;
  const wait = createWaiting(patienceMs);
  runKit<TransportTrial>({
    ...{ describe, it, report },
    title: `the contract of a transport, kept by ${name}`,
    groups: groupsOf(supports),
    open: async () => ({ bench: await create(), wait }),
    close: async ({ bench }) => void (await bench.backend.close()),
  });
}

function groupsOf(supports: TransportExpectations): readonly LawGroup<TransportTrial>[] {
  const { pipelining, signals, receipts, search = false, tokens, farewells, garbling } = supports;
  const group = (title: string, isSo: boolean, yes: LawList, no: LawList): LawGroup<TransportTrial> => ({
    title: `${isSo ? "with" : "without"} ${title}`,
    laws: isSo ? yes : no,
  });
  return [
    ...linkLaws,
    endLaws,
    ...(garbling ? [garbleLaws] : []),
    group("farewells", farewells, farewellLaws, speechlessLaws),
    group("tokens", tokens, tokenLaws, tokenlessLaws),
    group("pipelining", pipelining, pipeliningLaws, singleFileLaws),
    group("signals", signals, signalLaws, silentLaws),
    group("receipts", receipts, receiptLaws, receiptlessLaws),
    group("search", search, searchLaws, searchlessLaws),
    {
      title: "the manifest",
      laws: [
        law("[T18] says what it supports", async ({ bench }) => {
          const { search: isSearched = false, ...said } = bench.transport.supports;
          expectSame(said, { pipelining, signals, receipts }, "what it supports");
          expectSame(isSearched, search, "whether it searches");
        }),
      ],
    },
  ];
}

type LawList = readonly LawGroup<TransportTrial>["laws"][number][];
