import { afterEach, describe, it, vi } from "vitest";
import { browser } from "../../test/tabs/browser.ts";
import { memoryBench } from "../../test/transport/memory-bench.ts";
import { systemClock } from "../base/clock.ts";
import type { Transport } from "../ports/transport.ts";
import type { TestRunner } from "../testing/kit.ts";
import type { TransportBench } from "../testing/transport-bench.ts";
import { transportConformance } from "../testing/transport-conformance.ts";
import { browserTabs } from "./browser-tabs.ts";
import { sharedTransport } from "./shared-transport.ts";

const supports = {
  ...{ pipelining: true, signals: true, receipts: true, search: true },
  ...{ tokens: true, farewells: true, garbling: true },
};

/** All laws but those that many who use one link cannot keep, each towards the backend. */
function butFor(...laws: readonly string[]): TestRunner["it"] {
  const judge: TestRunner["it"] = it;
  return (title, body) => laws.some((law) => title.startsWith(`[${law}]`)) || judge(title, body);
}

/** A link of its own each time: what is shared is one. */
const ONE_EACH = "T3";
/** After `close()` the backend loses the link: not while others have it. */
const GONE_AFTER_CLOSE = "T9";

type Tabs = "one that leads" | "one that follows" | "one without locks";

/** The transport as a tab sees it. */
function inTab(transport: Transport, tabs: Tabs): Transport {
  if (tabs === "one without locks") vi.stubGlobal("navigator", undefined); // Node 24 has some
  const platform = browser();
  const join = (clientId: string): Transport => {
    const { locks, channel } = platform.tab();
    const options = tabs === "one without locks" ? { channel } : { locks, channel };
    return browserTabs({ name: "app/good", ...options }).join({
      ...{
        clientId,
        transport,
        clock: systemClock,
        onOrphans: () => {},
        onReturn: () => {},
        idle: async () => {},
      },
    }).transport;
  };
  const leader = join("first");
  return tabs === "one that follows" ? join("second") : leader;
}

afterEach(() => vi.unstubAllGlobals());

describe.each(["one that leads", "one that follows", "one without locks"] as const)(
  "the transport of a tab, %s",
  (tabs) => {
    const create = async (): Promise<TransportBench> => {
      const bench = await memoryBench();
      return { ...bench, transport: inTab(bench.transport, tabs) };
    };
    const itLaws = tabs === "one without locks" ? it : butFor(ONE_EACH);
    transportConformance({ describe, it: itLaws, supports, create, report: () => {} });
  },
);

describe("a share of a link that somebody else has, too", () => {
  const create = async (): Promise<TransportBench> => {
    const bench = await memoryBench();
    const transport = sharedTransport(bench.transport, systemClock);
    const { backend, token } = bench;
    const open: Transport["open"] = async (request, signal) => {
      const link = await transport.open(request, signal);
      await transport.open({ token, clientId: "other", receive: () => {} }, new AbortController().signal);
      return link;
    };
    return { ...bench, transport: { ...transport, open }, backend };
  };
  transportConformance({
    ...{ describe, it: butFor(ONE_EACH, GONE_AFTER_CLOSE), supports, create, report: () => {} },
  });
});
