import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { parseClientFrames } from "@tidings/core/protocol";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Engine } from "../engine/engine.ts";
import type { EventLog } from "../log.ts";
import type { Meter } from "../observe/meter.ts";
import type { Admission, Doorman } from "./doorman.ts";
import { LinkSocket } from "./link-socket.ts";

/** How long a client may take to answer a closing handshake before it is cut off. */
const CLOSE_TIMEOUT_MS = 5_000;

/** A client that went away on purpose (RFC 6455, section 7.4.1). Everything else may be a broken link. */
export const CLEAN_CLOSES: ReadonlySet<number> = new Set([1000, 1001]);

export interface GatewayOptions {
  readonly engine: Engine;
  readonly doorman: Doorman;
  readonly frameBytes: number;
  readonly meter: Meter;
  readonly log: EventLog;
}

/** Makes links of the upgrade requests of `server`, and leads their frames to the engine. */
export function attachGateway(
  server: Server,
  { engine, doorman, frameBytes, meter, log }: GatewayOptions,
): void {
  const options = {
    noServer: true,
    WebSocket: LinkSocket,
    maxPayload: frameBytes,
    perMessageDeflate: false,
    clientTracking: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
  };
  const upgrades = new WebSocketServer(options);

  // One function each for all links, told apart by `this`.
  function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    if (!(this instanceof LinkSocket) || !this.session) return;
    const { session } = this;
    const parsed = isBinary || !Buffer.isBuffer(data) ? binary : parseClientFrames(data.toString());
    if (parsed.ok) engine.receive(session, parsed.frames);
    else engine.close(session, { code: parsed.error.code, message: parsed.error.message });
  }

  function onClose(this: WebSocket, code: number): void {
    if (!(this instanceof LinkSocket)) return;
    doorman.leave(this.address);
    if (this.session) engine.disconnect(this.session, CLEAN_CLOSES.has(code));
    this.session = undefined;
  }

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const admission = doorman.admit(request);
    meter.add("upgrade", admission.ok ? "ok" : admission.code);
    if (!admission.ok) {
      log.debug({ code: admission.code }, "upgrade refused");
      return refuseUpgrade(socket, admission);
    }
    const { address } = admission;
    const forget = (): void => doorman.leave(address);
    socket.once("close", forget);
    upgrades.handleUpgrade(request, socket, head, (link) => {
      socket.off("close", forget); // From here on the link's own close counts.
      link.address = address;
      link.stream = socket;
      link.session = engine.connect(link);
      link.on("message", onMessage);
      link.on("close", onClose);
      link.on("error", onError);
    });
  });
}

const binary = {
  ok: false,
  error: { code: "protocol/malformed", message: "unable to read the frame; it is binary" },
} as const;

/** `ws` closes with the fitting code by itself (1002, 1007, 1009); without a listener it would throw. */
function onError(): void {}

function refuseUpgrade(socket: Duplex, { status, code }: Extract<Admission, { ok: false }>): void {
  const body = JSON.stringify({ code });
  socket.on("error", onError);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
