import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { issueToken } from "@tidings/server";
import { type Usage, usageOfMetrics, usageOfProcess } from "../measure/usage.ts";
import type { LoadMember, LoadOptions } from "../options.ts";

/** What the command line asks for. */
export type Invocation =
  | { readonly command: "help" }
  | {
      readonly command: "load";
      readonly load: LoadOptions;
      readonly report: string;
      /** Every client reconnects at once, this many seconds into the run. */
      readonly stormAt: number | undefined;
    };

/** The command line is wrong; the message says how. */
export class Misused extends Error {}

const flags = {
  url: { type: "string" },
  clients: { type: "string" },
  rooms: { type: "string" },
  rate: { type: "string" },
  seconds: { type: "string" },
  ramp: { type: "string" },
  bytes: { type: "string" },
  processes: { type: "string" },
  addresses: { type: "string" },
  settle: { type: "string" },
  recalled: { type: "string" },
  storm: { type: "string" },
  tokens: { type: "string" },
  pid: { type: "string", multiple: true },
  metrics: { type: "string", multiple: true },
  report: { type: "string", default: "load-report.html" },
  help: { type: "boolean", short: "h" },
} as const;

type Values = ReturnType<typeof parse>["values"];
type Environment = Readonly<Record<string, string | undefined>>;

/** @throws {Misused} */
export async function readArguments(words: readonly string[], environment: Environment): Promise<Invocation> {
  const { values, positionals } = parse(words);
  if (values.help) return { command: "help" };
  const url = values.url ?? positionals[0] ?? "ws://127.0.0.1:8787";
  if (!/^(?:wss?|https?):\/\//u.test(url) || !URL.canParse(url))
    throw new Misused(`"${url}" is not an address such as wss://chat.example`);
  const clients = whole("clients", values.clients) ?? 100;
  return {
    command: "load",
    report: values.report,
    stormAt: whole("storm", values.storm),
    load: {
      ...{ url, clients, member: await readMembers(values, environment, clients) },
      rooms: whole("rooms", values.rooms) ?? Math.max(1, Math.ceil(clients / 10)),
      perSecond: whole("rate", values.rate) ?? 100,
      seconds: whole("seconds", values.seconds) ?? 30,
      rampPerSecond: whole("ramp", values.ramp) ?? 500,
      bytes: whole("bytes", values.bytes) ?? 120,
      processes: whole("processes", values.processes) ?? 1,
      addresses: whole("addresses", values.addresses) ?? 0,
      settleSeconds: whole("settle", values.settle) ?? 60,
      leastRecalled: (whole("recalled", values.recalled) ?? 0) / 100,
      usage: readUsage(values),
    },
  };
}

function parse(words: readonly string[]): ReturnType<typeof parseFlags> {
  try {
    return parseFlags(words);
  } catch (error) {
    throw new Misused(error instanceof Error ? error.message : String(error));
  }
}

function parseFlags(words: readonly string[]) {
  return parseArgs({ args: [...words], options: flags, allowPositionals: true });
}

/** Tokens from a file, one a line; or made with the server's secret. */
async function readMembers(
  { tokens: file }: Values,
  environment: Environment,
  clients: number,
): Promise<LoadOptions["member"]> {
  if (file !== undefined) {
    const tokens = (await readFile(file, "utf8")).split("\n").filter((line) => line.trim() !== "");
    if (tokens.length < clients)
      throw new Misused(`${file} has ${tokens.length} tokens, ${clients} clients need one each`);
    const members = tokens.map(memberOf);
    return async (index) => members[index] ?? { userId: "", token: "" };
  }
  const secret = environment["TIDINGS_SECRET"];
  if (secret === undefined)
    throw new Misused("set TIDINGS_SECRET as the server has it, or give --tokens <file>");
  const issuer = environment["TIDINGS_ISSUER"];
  const audience = environment["TIDINGS_AUDIENCE"];
  return async (index) => {
    const userId = `load-${index}`;
    const names = { ...(issuer !== undefined && { issuer }), ...(audience !== undefined && { audience }) };
    return { userId, token: await issueToken({ secret, userId, ...names }) };
  };
}

/** Who a token is for, it says itself. */
function memberOf(token: string): LoadMember {
  const [, payload = ""] = token.trim().split(".");
  const claims: { readonly sub?: unknown } = Object(parsed(Buffer.from(payload, "base64url").toString()));
  if (typeof claims.sub !== "string") throw new Misused("a line of --tokens is no JWT with a subject");
  return { userId: claims.sub, token: token.trim() };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function readUsage({ pid = [], metrics = [] }: Values): () => Promise<readonly (Usage | undefined)[]> {
  const pids = pid.map((text) => whole("pid", text) ?? 0);
  return () =>
    Promise.all([
      ...pids.map((each) => usageOfProcess(`process ${each}`, each)),
      ...metrics.map(usageOfMetrics),
    ]);
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/u.test(text)) throw new Misused(`--${name} must be a number, not "${text}"`);
  return Number(text);
}
