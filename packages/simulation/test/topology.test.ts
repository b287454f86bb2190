import { isClean, formatResult, runLoad } from "@tidings/load";
import { describe, expect, it } from "vitest";
import { disturbAll, hasTopology, memberOf, startTopology } from "../src/topology/topology.ts";

describe.skipIf(!hasTopology())("nginx, two nodes, PostgreSQL and Redis, as they are deployed", () => {
  it(
    "[D1, D2, D3, D4] lose, double and reorder nothing while each of them ends and comes back",
    { timeout: 240_000 },
    async ({ annotate }) => {
      const topology = await startTopology();
      try {
        const result = await runLoad({
          ...{ url: topology.url, member: memberOf, clients: 60, rooms: 12, perSecond: 20, seconds: 1 },
          ...{ addresses: 60, settleSeconds: 60 },
          during: (run) => disturbAll(topology, run),
        });
        await annotate(formatResult(result));
        expect([isClean(result), formatResult(result)]).toEqual([true, expect.any(String)]);
        expect(result.accepted).toBe(result.said);
        expect(result.delivered).toBe(result.said * 5);
        const [killed, , , rolled] = result.disturbances;
        // Half of them, then all: what was done was felt.
        expect(sum(killed?.attempts)).toBe(30);
        expect(sum(rolled?.attempts)).toBe(60);
        for (const { log } of topology.nodes) expect(log).toContain('"draining"');
        expect(topology.nginx.log).not.toContain("[emerg]");
      } finally {
        await topology.close();
      }
    },
  );
});

function sum(attempts: Readonly<Record<string, number>> = {}): number {
  return Object.values(attempts).reduce((total, count) => total + count, 0);
}
