import { chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { askRedis } from "./redis.ts";
import { freePort, lesserAccount, removeFolder, ServiceProcess, temporaryFolder } from "./service-process.ts";

/** Real Redis servers of which each master has a replica that takes its place. They end with this process. */
export interface ReplicatedRedis {
  readonly url: string;
  /** Kills the master that most subscribers listen to, or any. Resolves when it is dead. */
  killMaster(): Promise<void>;
  /** The same, but it hangs, for good: its connections stay open. */
  freezeMaster(): Promise<void>;
  /** Resolves when a replica has taken the place of the master that went last. */
  replaced(): Promise<void>;
  close(): Promise<void>;
}

export interface ReplicatedRedisOptions {
  /** A master and its replica behind a sentinel of the name `tidings`, or a cluster of three masters. */
  readonly mode: "sentinel" | "cluster";
  /** Path of `redis-server`. Default `TIDINGS_REDIS_SERVER`. */
  readonly program?: string;
}

interface Node {
  readonly port: number;
  readonly busPort: number;
  readonly service: ServiceProcess;
}

/** A master that says nothing for so long is given up. */
const SILENT_MS = 1_000;
const MASTERS = 3;
const SLOTS = 16_384;

/** @throws {Error} if there is no Redis, or it does not start. */
export async function startReplicatedRedis(options: ReplicatedRedisOptions): Promise<ReplicatedRedis> {
  const { mode, program = process.env["TIDINGS_REDIS_SERVER"] ?? "" } = options;
  const account = lesserAccount();
  const folder = temporaryFolder(account);
  const running: ServiceProcess[] = [];
  const run = (words: readonly string[]): ServiceProcess => {
    const service = new ServiceProcess(program, words, account);
    running.push(service);
    return service;
  };
  const node = async (more: readonly string[] = []): Promise<Node> => {
    const [port, busPort] = [await freePort(), await freePort()];
    const own = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder];
    const service = run([...own, ...(mode === "cluster" ? inCluster(port, busPort) : []), ...more]);
    await service.ready(async () => (await askRedis(port, ["PING"])) === "PONG");
    return { port, busPort, service };
  };
  const close = async (): Promise<void> => {
    await Promise.all(running.map((service) => service.end("SIGKILL")));
    removeFolder(folder);
  };
  try {
    if (mode === "cluster") {
      const nodes = await Promise.all(Array.from({ length: 2 * MASTERS }, () => node()));
      await joinTogether(nodes);
      const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join(",");
      return { url: `redis+cluster://${hosts}`, close, ...succession(nodes) };
    }
    const master = await node();
    const replica = await node([
      "--replicaof",
      "127.0.0.1",
      `${master.port}`,
      "--repl-diskless-sync-delay",
      "0",
    ]);
    await replica.service.ready(() => isInStep(replica));
    const port = await freePort();
    const file = join(folder, "sentinel.conf");
    writeFileSync(file, sentinelOf(port, master.port));
    if (account) chownSync(file, account.uid, account.gid);
    const sentinel = run([file, "--sentinel"]);
    const words = ["SENTINEL", "REPLICAS", "tidings"];
    await sentinel.ready(async () => JSON.stringify(await askRedis(port, words)).includes(`${replica.port}`));
    return {
      url: `redis+sentinel://127.0.0.1:${port}/tidings`,
      close,
      ...succession([master, replica]),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function inCluster(port: number, busPort: number): readonly string[] {
  return [
    ...["--cluster-enabled", "yes", "--cluster-config-file", `nodes-${port}.conf`],
    ...["--cluster-announce-ip", "127.0.0.1", "--cluster-port", `${busPort}`],
    ...["--cluster-node-timeout", `${SILENT_MS}`, "--repl-diskless-sync-delay", "0"],
  ];
}

/** One sentinel decides alone: what is tried is the change, not the vote. */
function sentinelOf(port: number, masterPort: number): string {
  return [
    `port ${port}`,
    `sentinel monitor tidings 127.0.0.1 ${masterPort} 1`,
    `sentinel down-after-milliseconds tidings ${SILENT_MS}`,
    "sentinel failover-timeout tidings 5000",
    "",
  ].join("\n");
}

/** Three masters that share the slots, and a replica of each. */
async function joinTogether(nodes: readonly Node[]): Promise<void> {
  const [first] = nodes;
  if (!first) return;
  const masters = nodes.slice(0, MASTERS);
  const begin = (index: number): number => Math.ceil((index * SLOTS) / MASTERS);
  for (const [index, { port }] of masters.entries())
    await askRedis(port, ["CLUSTER", "ADDSLOTSRANGE", `${begin(index)}`, `${begin(index + 1) - 1}`]);
  for (const { port, busPort } of nodes.slice(1))
    await askRedis(first.port, ["CLUSTER", "MEET", "127.0.0.1", `${port}`, `${busPort}`]);
  for (const [index, replica] of nodes.slice(MASTERS).entries()) {
    const id = String(await askRedis(masters[index]?.port ?? 0, ["CLUSTER", "MYID"]));
    // Until they have heard of each other it is refused.
    await replica.service.ready(async () => {
      return (await askRedis(replica.port, ["CLUSTER", "REPLICATE", id])) === "OK";
    });
  }
  for (const each of nodes) {
    await each.service.ready(async () => {
      const info = String(await askRedis(each.port, ["CLUSTER", "INFO"]));
      const isWhole =
        info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${nodes.length}`);
      return isWhole && (masters.includes(each) || isInStep(each));
    });
  }
}

async function isInStep({ port }: Node): Promise<boolean> {
  return String(await askRedis(port, ["INFO", "replication"])).includes("master_link_status:up");
}

function succession(
  nodes: readonly Node[],
): Pick<ReplicatedRedis, "killMaster" | "freezeMaster" | "replaced"> {
  let replicas: readonly Node[] = [];
  const chosen = async (): Promise<ServiceProcess | undefined> => {
    const masters: { readonly node: Node; readonly listeners: number }[] = [];
    for (const node of nodes) {
      if (!(await isMaster(node))) continue;
      const clients = String(await askRedis(node.port, ["CLIENT", "LIST", "TYPE", "pubsub"]));
      masters.push({ node, listeners: clients.split("\n").length });
    }
    replicas = nodes.filter((node) => !masters.some((each) => each.node === node));
    return masters.toSorted((one, other) => other.listeners - one.listeners)[0]?.node.service;
  };
  return {
    killMaster: async () => (await chosen())?.end("SIGKILL"),
    freezeMaster: async () => (await chosen())?.freeze(),
    async replaced() {
      await replicas[0]?.service.ready(async () => {
        for (const replica of replicas) if (await isMaster(replica)) return true;
        return false;
      });
    },
  };
}

async function isMaster({ port }: Node): Promise<boolean> {
  return String(await askRedis(port, ["ROLE"])).startsWith("master");
}
