import { type IncomingMessage, request as requestInTheClear } from "node:http";
import { request } from "node:https";
import type { LookupFunction } from "node:net";
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from "request-filtering-agent";
import { createAllowance } from "./allowance.ts";
import { admitted } from "./admitted.ts";
import { isDisguised, undisguised } from "./disguised.ts";
import { readBody } from "./read-body.ts";

export interface GuardedFetchOptions {
  /** Addresses in networks of one's own that may be asked all the same, as `"10.0.0.7"` or `"10.0.0.0/8"`. */
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  /** For all of it: names, redirects, body. */
  readonly timeoutMs: number;
  /** Instead of the system's. */
  readonly lookup?: LookupFunction;
}

/** What is wanted of an answer. */
export interface Wanted {
  /** Media types, as a request says it. */
  readonly accept: string;
  readonly types: RegExp;
  readonly mostBytes: number;
  /** What is longer is of use all the same, as far as it was read. */
  readonly isBeginningEnough: boolean;
}

export interface Fetched {
  readonly ok: true;
  /** Where redirects led. */
  readonly url: URL;
  readonly charset: string | undefined;
  readonly body: Buffer;
}

/** Why there is nothing. `address`: nobody may be sent there; `closed`: nobody is asked any more. */
export type Unfetched =
  "address" | "closed" | "redirects" | "size" | "status" | "time" | "type" | "unreachable";

export interface GuardedFetch {
  get(address: string, wanted: Wanted): Promise<Fetched | { readonly ok: false; readonly reason: Unfetched }>;
  /** Ends what is under way. */
  close(): void;
}

const MOST_REDIRECTS = 3;
const LONGEST_HEADERS = 16_384;
const AGENT = "TidingsPreview/1.0 (link preview of a chat server)";

/**
 * Asks whoever a stranger names, and nobody in a network of one's own: the address of every connection is looked at once
 * its name is resolved, the same answer is connected to, and each redirect begins anew. It carries no cookie, no
 * credential and no referrer, and no connection is kept for another request.
 */
export function guardedFetch({ addresses, ports, timeoutMs, lookup }: GuardedFetchOptions): GuardedFetch {
  const { met, meet } = createAllowance(addresses);
  const limits = { keepAlive: false, allowIPAddressList: met };
  const agents = {
    "http:": new RequestFilteringHttpAgent(limits),
    "https:": new RequestFilteringHttpsAgent(limits),
  };
  const underWay = new Set<AbortController>();
  let isClosed = false;

  const send = (url: URL, accept: string, signal: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { accept, "accept-encoding": "gzip", "user-agent": AGENT };
      const common = { headers, signal, maxHeaderSize: LONGEST_HEADERS, lookup: undisguised(meet, lookup) };
      const sent =
        url.protocol === "https:"
          ? request(url, { ...common, agent: agents["https:"] })
          : requestInTheClear(url, { ...common, agent: agents["http:"] });
      sent.on("response", resolve);
      sent.on("error", reject);
      sent.on("upgrade", (_response, socket) => {
        socket.destroy();
        reject(new Error("unable to fetch the page; it turned into something else"));
      });
      sent.end();
    });

  const follow = async (
    address: string,
    wanted: Wanted,
    signal: AbortSignal,
  ): Promise<Fetched | Unfetched> => {
    let url = admitted(address, ports);
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      if (!url || isDisguised(url.hostname)) return "address";
      meet(url.hostname);
      const response = await send(url, wanted.accept, signal);
      const { location } = response.headers;
      if (!isRedirect(response) || location === undefined) return take(url, response, wanted);
      response.destroy();
      url = admitted(location, ports, url);
    }
    return "redirects";
  };

  return {
    async get(address, wanted) {
      if (isClosed) return { ok: false, reason: "closed" };
      const over = new AbortController();
      const timer = setTimeout(() => over.abort("time"), timeoutMs);
      underWay.add(over);
      try {
        const found = await follow(address, wanted, over.signal);
        return typeof found === "string" ? { ok: false, reason: found } : found;
      } catch (error) {
        const reason = isClosed ? "closed" : over.signal.aborted ? "time" : reasonOf(error);
        return { ok: false, reason };
      } finally {
        clearTimeout(timer);
        underWay.delete(over);
      }
    },
    close() {
      isClosed = true;
      for (const each of underWay) each.abort();
      agents["http:"].destroy();
      agents["https:"].destroy();
    },
  };
}

function isRedirect({ statusCode = 0 }: IncomingMessage): boolean {
  return [301, 302, 303, 307, 308].includes(statusCode);
}

async function take(url: URL, response: IncomingMessage, wanted: Wanted): Promise<Fetched | Unfetched> {
  const { statusCode, headers } = response;
  const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  const reason =
    statusCode !== 200
      ? "status"
      : !wanted.types.test(type.trim())
        ? "type"
        : Number(headers["content-length"] ?? 0) > wanted.mostBytes && !wanted.isBeginningEnough
          ? "size"
          : undefined;
  if (reason) {
    response.destroy();
    return reason;
  }
  const body = await readBody(response, wanted);
  if (typeof body === "string") return body;
  const [, charset] = /^\s*charset="?([\w.:-]{1,40})/u.exec(parameters.find(isCharset) ?? "") ?? [];
  return { ok: true, url, charset, body };
}

function isCharset(parameter: string): boolean {
  return /^\s*charset=/u.test(parameter);
}

/** The agent's own words; there is no code. */
function reasonOf(error: unknown): Unfetched {
  return error instanceof Error && error.message.includes("is not allowed") ? "address" : "unreachable";
}
