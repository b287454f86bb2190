import { type Disturbance, isClean, formatResult, runLoad } from "@tidings/load";
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
          ...{ addresses: 60, settleSeconds: 60, usage: () => topology.usage() },
          during: (run) => disturbAll(topology, run),
        });
        await annotate(formatResult(result));
        expect([isClean(result), formatResult(result)]).toEqual([true, expect.any(String)]);
        expect(result.accepted).toBe(result.said);
        expect(result.delivered).toBe(result.said * 5);
        const [killed, other, , , rolled] = result.disturbances;
        // Half of them, then all, who were on the other meanwhile, and all again: what was done was felt.
        expect([killed, other, rolled].map(cameBack)).toEqual([30, 60, 60]);
        // A proxy may try a node that is gone; whoever comes again is let in.
        expect(result.disturbances.map(({ attempts }) => attempts.failedAgain)).toEqual([0, 0, 0, 0, 0]);
        expect(result.recalled.hits).toBeGreaterThan(0);
        for (const { log } of topology.nodes) expect(log).toContain('"draining"');
        expect(topology.nginx.log).not.toContain("[emerg]");
      } finally {
        await topology.close();
      }
    },
  );
});

function cameBack(disturbance?: Disturbance): number {
  if (!disturbance) return 0;
  const { first, second, later } = disturbance.attempts;
  return first + second + later;
}
