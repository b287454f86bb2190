import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connectionsOfNode, FOR_COMMITS, FOR_QUERIES } from "../../src/store/postgres/connections.ts";
import { createServer, type TidingsServer } from "../../src/index.ts";
import { parsePage } from "../support/metrics-page.ts";
import { hasPrometheus, type Prometheus, promtool, startPrometheus } from "../support/prometheus.ts";
import { join, message } from "../support/raw-client.ts";
import { unhurried } from "../support/start.ts";

const deploy = fileURLToPath(new URL("../../../../deploy/", import.meta.url));
const rules = `${deploy}prometheus/alerts.yml`;

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
}

const dashboards = readdirSync(`${deploy}grafana/dashboards`).map((file) => {
  const dashboard = JSON.parse(readFileSync(`${deploy}grafana/dashboards/${file}`, "utf8")) as Dashboard;
  return { file, ...dashboard };
});

const queries = dashboards.flatMap(({ panels }) =>
  panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr }))),
);

/** As Grafana fills them in. */
function filled(expr: string): string {
  return expr.replaceAll("$instance", ".*").replaceAll("$__rate_interval", "1m");
}

/** Metrics that are named in a text, without the endings of the parts of a histogram. */
function namedIn(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:tidings|process|nodejs)_\w+/gu)].map(([name]) =>
    name.replace(/_(?:bucket|sum|count)$/u, ""),
  );
}

describe("connections to PostgreSQL", () => {
  /** `superuser_reserved_connections`, as PostgreSQL has it. */
  const KEPT_FOR_SUPERUSERS = 3;
  const read = (name: string): string => readFileSync(`${deploy}${name}`, "utf8");
  const numberIn = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1]);

  it("are enough for as many nodes as there may be, and one more, and are what the pages say", () => {
    const [kubernetes, conf] = [read("kubernetes/tidings.yaml"), read("postgres/postgresql.conf")];
    const nodes = numberIn(kubernetes, /^ +maxReplicas: (\d+)$/m);
    const each = connectionsOfNode();
    const all = nodes * each;
    const meanwhile = all + numberIn(kubernetes, /maxSurge: (\d+)/) * each;
    const most = numberIn(conf, /^max_connections = (\d+)$/m);
    expect(most).toBeGreaterThanOrEqual(meanwhile + KEPT_FOR_SUPERUSERS);

    const scaling = readFileSync(`${deploy}../docs/guides/scaling.md`, "utf8");
    for (const [page, sentence] of [
      [conf, `A node takes ${each} connections (${FOR_COMMITS} for commits, ${FOR_QUERIES} for queries`],
      [conf, `${nodes} nodes ${all}, one more while they\n# are replaced ${meanwhile};`],
      [kubernetes, `Each takes ${each} connections to PostgreSQL`],
      [kubernetes, `max_connections = ${most}.`],
      [read(".env.example"), `it takes ${each - FOR_QUERIES} more of the database`],
      [read(".env.example"), `#TIDINGS_DATABASE_CONNECTIONS=${FOR_QUERIES}\n`],
      [scaling, `| ${each} connections each to PostgreSQL`],
      [scaling, `\`max_connections\` (${most} for ${nodes} nodes)`],
      [scaling, `${nodes} nodes take ${all} connections of\nPostgreSQL, and ${meanwhile} while`],
    ] as const)
      expect(page).toContain(sentence);
  });
});

describe("dashboards and alerts", () => {
  let server: TidingsServer;
  beforeAll(async () => {
    server = await createServer({ port: 0, metricsPort: 0, policy: unhurried });
  });
  afterAll(() => server.close());

  it("name only metrics that a server has", async () => {
    const { names } = parsePage(await (await fetch(server.metricsUrl ?? "")).text());
    const named = [...queries.map(({ expr }) => expr), readFileSync(rules, "utf8")].flatMap(namedIn);
    expect(named.length).toBeGreaterThan(50);
    expect([...new Set(named)].filter((name) => !names.has(name))).toEqual([]);
  });

  it("show every metric of ours somewhere", async () => {
    const { names } = parsePage(await (await fetch(server.metricsUrl ?? "")).text());
    const shown = new Set(queries.flatMap(({ expr }) => namedIn(expr)));
    const ours = [...names].filter((name) => name.startsWith("tidings_"));
    expect(ours.filter((name) => !shown.has(name))).toEqual(["tidings_version_info"]);
  });

  it("have panels that lie beside each other", () => {
    for (const { file, uid, panels } of dashboards) {
      expect(`${uid}.json`).toBe(file);
      const places = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
      );
      expect(new Set(places).size).toBe(places.length);
      expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
    }
  });

  describe.skipIf(!hasPrometheus())("with a real Prometheus", { timeout: 60_000 }, () => {
    let prometheus: Prometheus;
    beforeAll(async () => {
      prometheus = await startPrometheus(new URL(server.metricsUrl ?? "").host, rules);
    }, 60_000);
    afterAll(() => prometheus.close());

    it("are understood by promtool, and the alerts pass their own tests", async () => {
      const run = promisify(execFile);
      const folder = { cwd: `${deploy}prometheus` };
      await run(promtool, ["check", "config", "prometheus.yml"], folder);
      const { stdout } = await run(promtool, ["test", "rules", "alerts.test.yml"], folder);
      expect(stdout).toContain("SUCCESS");
      const tested = new Set(
        [
          ...readFileSync(`${deploy}prometheus/alerts.test.yml`, "utf8").matchAll(/^\s+alertname: (\w+)/gmu),
        ].map(([, name]) => name),
      );
      const all = [...readFileSync(rules, "utf8").matchAll(/- alert: (\w+)/gu)].map(([, name]) => name);
      expect(all.filter((name) => !tested.has(name))).toEqual([]);
    });

    it("answer every panel once somebody has said something", async () => {
      const [ada, bob] = [await join(server, "ada"), await join(server, "bob")];
      await prometheus.until("tidings_links == 2");
      for (let round = 0; round < 3; round += 1) await ada.accepted(message("general", `${round}`));
      await ada.refused(message("nowhere", "hello"));
      await bob.query({ type: "history", conversationId: "general", limit: 10 });
      await fetch(`${server.httpUrl}/nothing`);
      await prometheus.until("increase(tidings_messages_total[1m]) > 0");
      await prometheus.until("increase(tidings_http_seconds_count[1m]) >= 0");
      const emptyPanels = async (): Promise<readonly string[]> => {
        const empty: string[] = [];
        for (const { title, expr } of queries) {
          if ((await prometheus.ask(filled(expr))).length === 0) empty.push(title);
        }
        return empty;
      };
      // A rate takes two scrapes, and a busy machine its time for each.
      await vi.waitFor(
        async () => expect(await emptyPanels()).toEqual(["Links closed by the server"]),
        50_000,
      );
      await Promise.all([ada.close(), bob.close()]);
    });
  });
});
