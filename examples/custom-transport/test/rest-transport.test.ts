import { createClient } from "@tidings/core";
import { scriptedBackend, type TransportBench, transportConformance } from "@tidings/core/testing";
import { describe, expect, it, vi } from "vitest";
import { startRestBackend } from "../backend.ts";
import { restTransport } from "../rest-transport.ts";

/** What the kit wants: the transport, and a hand on the backend at its other end. */
async function bench(): Promise<TransportBench> {
  const scripted = await scriptedBackend();
  const server = await startRestBackend(scripted.memory);
  return scripted.bench(restTransport(server), {
    garbleNext: () => server.garbleNext(),
    cut: () => server.cut(),
    close: () => server.close(),
  });
}

describe("restTransport", () => {
  transportConformance({
    ...{ describe, it, create: bench },
    name: "restTransport",
    supports: {
      pipelining: false,
      signals: false,
      receipts: true,
      search: true,
      tokens: true,
      farewells: false,
      garbling: true,
    },
    report: () => {},
  });

  it("carries a chat of two", async () => {
    const { memory } = await scriptedBackend();
    const backend = await startRestBackend(memory);
    const [ada, bob] = ["ada", "bob"].map((auth) =>
      createClient({ transport: restTransport(backend), auth }),
    );
    if (!ada || !bob) throw new Error("unable to begin");
    await Promise.all([ada.connect(), bob.connect()]);
    const seen = () =>
      bob
        .conversation("general")
        .timeline.get()
        .items.slice()
        .flatMap((item) =>
          item.type === "message" && "text" in item.message.content ? [item.message.content.text] : [],
        );
    for (const text of ["hello", "bob"]) await (await ada.conversation("general").send(text)).settled();
    await vi.waitFor(() => expect(seen()).toEqual(["hello", "bob"]));
    await Promise.all([ada.close(), bob.close()]);
    await backend.close();
  });
});
