import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  type ECDH,
  hkdfSync,
  randomBytes,
  verify,
} from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a device was pushed. */
export interface Pushed {
  readonly deviceId: string;
  readonly payload: unknown;
  readonly headers: IncomingHttpHeaders;
  /** What the VAPID token says, once its signature is found good. */
  readonly claims: { readonly aud?: string; readonly sub?: string; readonly exp?: number };
  /** Of the key it is signed with. */
  readonly publicKey: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** Default: some words. */
  readonly body?: string;
}

interface Device {
  readonly keys: ECDH;
  readonly secret: Buffer;
}

/** A browser's push service and its browsers, on this machine: takes what RFC 8030, 8291 and 8292 say, and nothing else. */
export interface PushServiceHere {
  readonly origin: string;
  readonly pushed: readonly Pushed[];
  /** How many were opened so far. */
  readonly connections: number;
  /** Requests that were no pushes, and why. */
  readonly faults: readonly string[];
  /** A new device, as a browser says of itself. */
  subscription(deviceId: string): {
    readonly endpoint: string;
    readonly keys: { readonly p256dh: string; readonly auth: string };
  };
  /** How the next requests are answered; as usual afterwards. */
  answer(...answers: readonly Answer[]): void;
  /** Resolves when so many pushes have come. */
  received(count: number): Promise<readonly Pushed[]>;
  close(): Promise<void>;
}

export async function startPushService(): Promise<PushServiceHere> {
  const devices = new Map<string, Device>();
  const pushed: Pushed[] = [];
  const faults: string[] = [];
  const answers: Answer[] = [];
  let connections = 0;
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const deviceId = decodeURIComponent((request.url ?? "").slice("/push/".length));
      try {
        if (request.method !== "POST") throw new Error(`a ${request.method}`);
        const { status, headers = {}, body = "thank you" } = answers.shift() ?? { status: 201 };
        if (status < 300) pushed.push(read(devices, deviceId, Buffer.concat(chunks), request.headers));
        response.writeHead(status, headers).write(body);
        response.end();
      } catch (error) {
        faults.push(String(error));
        response.writeHead(400).end();
      }
      for (const each of waiting) if (pushed.length >= each.count) each.resolve();
    });
  });
  server.on("connection", () => (connections += 1));
  await listening(server);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ origin, pushed, faults },
    get connections() {
      return connections;
    },
    subscription(deviceId) {
      const keys = createECDH("prime256v1");
      keys.generateKeys();
      const secret = randomBytes(16);
      devices.set(deviceId, { keys, secret });
      return {
        endpoint: `${origin}/push/${encodeURIComponent(deviceId)}`,
        keys: { p256dh: keys.getPublicKey("base64url"), auth: secret.toString("base64url") },
      };
    },
    answer: (...given) => void answers.push(...given),
    async received(count) {
      if (pushed.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      return pushed;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

function read(
  devices: ReadonlyMap<string, Device>,
  deviceId: string,
  body: Buffer,
  headers: IncomingHttpHeaders,
): Pushed {
  const device = devices.get(deviceId);
  if (!device) throw new Error(`nobody called ${deviceId}`);
  if (headers["content-encoding"] !== "aes128gcm")
    throw new Error(`encoded as ${headers["content-encoding"]}`);
  if (!/^\d+$/.test(headers["ttl"]?.toString() ?? "")) throw new Error("no TTL");
  if (!/^[\w-]{1,32}$/.test(headers["topic"]?.toString() ?? "")) throw new Error("no sound topic");
  if (body.length > 4_096) throw new Error(`${body.length} bytes, which no service need take`);
  const { claims, publicKey } = vapid(headers.authorization ?? "");
  return { deviceId, payload: JSON.parse(unsealed(body, device)), headers, claims, publicKey };
}

/** RFC 8188 with the keys of RFC 8291. One record, as pushes have. */
function unsealed(body: Buffer, { keys, secret }: Device): string {
  const salt = body.subarray(0, 16);
  const sizeOfId = body.readUInt8(20);
  const theirs = body.subarray(21, 21 + sizeOfId);
  const shared = keys.computeSecret(theirs);
  const about = Buffer.concat([Buffer.from("WebPush: info\0"), keys.getPublicKey(), theirs]);
  const ikm = Buffer.from(hkdfSync("sha256", shared, secret, about, 32));
  const derive = (info: string, length: number): Buffer =>
    Buffer.from(hkdfSync("sha256", ikm, salt, Buffer.from(info), length));
  const record = body.subarray(21 + sizeOfId);
  const decipher = createDecipheriv(
    "aes-128-gcm",
    derive("Content-Encoding: aes128gcm\0", 16),
    derive("Content-Encoding: nonce\0", 12),
  );
  decipher.setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = plain.lastIndexOf(2); // the delimiter of a last record, before its padding
  if (end < 0 || plain.subarray(end + 1).some((byte) => byte !== 0)) throw new Error("no delimiter");
  return plain.subarray(0, end).toString();
}

/** RFC 8292: who pushes, signed with the key they give. */
function vapid(authorization: string): Pick<Pushed, "claims" | "publicKey"> {
  const [, token = "", publicKey = ""] = /^vapid t=([^,\s]+), ?k=([\w-]+)$/.exec(authorization) ?? [];
  const [header = "", claims = "", signature = ""] = token.split(".");
  const point = Buffer.from(publicKey, "base64url");
  const [x, y] = [point.toString("base64url", 1, 33), point.toString("base64url", 33)];
  const key = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url")))
    throw new Error("not signed by the key it names");
  return { claims: JSON.parse(Buffer.from(claims, "base64url").toString()), publicKey };
}
