import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  freePort,
  lesserAccount,
  removeFolder,
  ServiceProcess,
  temporaryFolder,
} from "../../src/testing/service-process.ts";

const program = process.env["TIDINGS_PROMETHEUS"] ?? "";

/** Debian's package has both. */
export const promtool: string = join(dirname(program), "promtool");

export function hasPrometheus(): boolean {
  return existsSync(program) && existsSync(promtool);
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A real Prometheus that reads one server four times a second; it ends with this process, however that ends. */
export interface Prometheus {
  /** @throws {Error} if the query cannot be understood. */
  ask(query: string): Promise<readonly Series[]>;
  /** Waits until the query has an answer. */
  until(query: string): Promise<readonly Series[]>;
  close(): Promise<void>;
}

/** @param rules - path of a file of alert rules. */
export async function startPrometheus(target: string, rules: string): Promise<Prometheus> {
  const account = lesserAccount();
  const folder = temporaryFolder(account);
  const port = await freePort();
  const config = join(folder, "prometheus.yml");
  writeFileSync(
    config,
    `global: { scrape_interval: 250ms, evaluation_interval: 250ms }
rule_files: [${JSON.stringify(rules)}]
scrape_configs:
  - job_name: tidings
    static_configs: [{ targets: [${JSON.stringify(target)}] }]
`,
  );
  const url = `http://127.0.0.1:${port}`;
  const service = new ServiceProcess(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    account,
  );
  await service.ready(async () => (await fetch(`${url}/-/ready`)).ok);
  const ask = async (query: string): Promise<readonly Series[]> => {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const answer = (await response.json()) as { error?: string; data?: { result: Series[] } };
    if (!answer.data) throw new Error(`${query}: ${answer.error}`);
    return answer.data.result;
  };
  return {
    ask,
    async until(query) {
      for (let tries = 0; tries < 300; tries += 1) {
        const found = await ask(query);
        if (found.length > 0) return found;
        await sleep(50);
      }
      throw new Error(`nothing answers ${query}`);
    },
    async close() {
      await service.end("SIGTERM");
      removeFolder(folder);
    },
  };
}
