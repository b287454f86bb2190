import { type IncomingHttpHeaders, type IncomingMessage, request as requestInTheClear } from "node:http";
import { request } from "node:https";
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from "request-filtering-agent";
import webPush from "web-push";
import type { PushMessage, PushOutcome, PushProvider } from "./provider.ts";

/** Who a server is to push services (RFC 8292). */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface WebPushOptions extends VapidKeys {
  /** Whom a push service may turn to: `"mailto:ops@example.com"`, or the address of a page. */
  readonly subject: string;
  /** Push services that devices may name, as `"https://fcm.googleapis.com"`. Default: any over HTTPS. */
  readonly origins?: readonly string[] | undefined;
  /** Addresses in networks of one's own, as `"10.0.0.7"` or `"10.0.0.0/8"`, that may be asked all the same. Default: none. */
  readonly addresses?: readonly string[] | undefined;
}

const LONGEST_ENDPOINT = 2_048;
const TIMEOUT_MS = 10_000;
/** Sockets to one push service. */
const MOST_SOCKETS = 16;
/** So long a socket is kept that nobody uses. */
const IDLE_MS = 30_000;
/** Bytes of an answer that are read for the sake of its socket. */
const LONGEST_ANSWER = 4_096;

/** A pair for `webPushProvider`. Whoever subscribed with another has to subscribe anew. */
export function createVapidKeys(): VapidKeys {
  return webPush.generateVAPIDKeys();
}

/**
 * Web Push, as browsers have it (RFC 8030): what is said is encrypted for the device (RFC 8291), so its push service
 * reads none of it. Addresses come from clients: none leads into a network of one's own, whatever a name resolves to,
 * and no redirect is followed.
 *
 * @throws {Error} if subject or keys are not what they should be.
 */
export function webPushProvider(options: WebPushOptions): PushProvider {
  const { publicKey, privateKey, subject, origins, addresses = [] } = options;
  const vapidDetails = { publicKey, privateKey, subject };
  webPush.setVapidDetails(subject, publicKey, privateKey); // looks at them
  const limits = {
    ...{ keepAlive: true, maxSockets: MOST_SOCKETS, timeout: IDLE_MS },
    allowIPAddressList: [...addresses],
  };
  const agent = new RequestFilteringHttpsAgent(limits);
  const agentInTheClear = new RequestFilteringHttpAgent(limits);

  const accepts = (endpoint: string): boolean => {
    if (endpoint.length > LONGEST_ENDPOINT || !URL.canParse(endpoint)) return false;
    const { protocol, origin, username, password } = new URL(endpoint);
    if (username !== "" || password !== "") return false;
    return origins ? origins.includes(origin) : protocol === "https:";
  };

  const send = (url: URL, headers: Record<string, string>, body: Buffer): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const common = { method: "POST", headers, signal: AbortSignal.timeout(TIMEOUT_MS) };
      const sent =
        url.protocol === "https:"
          ? request(url, { ...common, agent }, resolve)
          : requestInTheClear(url, { ...common, agent: agentInTheClear }, resolve);
      sent.on("error", reject);
      sent.end(body);
    });

  return {
    publicKey,
    accepts,
    async push(message) {
      const { endpoint } = message.target;
      if (!accepts(endpoint)) return { kind: "gone" };
      let sealed: webPush.RequestDetails;
      try {
        sealed = seal(message, vapidDetails);
      } catch {
        return { kind: "gone" }; // its keys are none
      }
      try {
        const response = await send(new URL(endpoint), headersOf(sealed), sealed.body ?? Buffer.alloc(0));
        await drain(response);
        return outcomeOf(response);
      } catch (error) {
        return failed(error);
      }
    },
    close() {
      agent.destroy();
      agentInTheClear.destroy();
    },
  };
}

/** What it says beyond its status is of no use, but read to its end it leaves the socket to the next. */
function drain(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    response.on("close", resolve);
    response.on("error", () => {}); // its status has come
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > LONGEST_ANSWER) response.destroy();
    });
    if (Number(response.headers["content-length"]) > LONGEST_ANSWER) response.destroy();
  });
}

function seal(
  { target, payload, topic, urgency, ttlMs }: PushMessage,
  vapidDetails: webPush.RequestOptions["vapidDetails"] & object,
): webPush.RequestDetails {
  const { endpoint, p256dh, auth } = target;
  return webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, JSON.stringify(payload), {
    ...{ vapidDetails, topic, urgency, contentEncoding: "aes128gcm" },
    TTL: Math.ceil(ttlMs / 1_000),
  });
}

function headersOf({ headers }: webPush.RequestDetails): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function outcomeOf({ statusCode = 0, headers }: IncomingMessage): PushOutcome {
  if (statusCode >= 200 && statusCode < 300) return { kind: "sent" };
  if (statusCode === 404 || statusCode === 410) return { kind: "gone" };
  if (statusCode !== 429 && statusCode < 500) return { kind: "refused", reason: `status ${statusCode}` };
  const afterMs = waitOf(headers);
  return { kind: "later", ...(afterMs > 0 && { afterMs }) };
}

/** In seconds, or a date by the service's own clock. */
function waitOf({ "retry-after": after = "", date = "" }: IncomingHttpHeaders): number {
  return /^\d+$/u.test(after) ? Number(after) * 1_000 : Date.parse(after) - Date.parse(date);
}

/** An address that leads where none may lead will never do; a network that is away comes back. */
function failed(error: unknown): PushOutcome {
  const reason = error instanceof Error ? error.message : String(error);
  return /is not allowed/u.test(reason) ? { kind: "gone" } : { kind: "later" };
}
