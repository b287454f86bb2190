import type {
  Ack,
  ClientFrame,
  Command,
  Query,
  QueryResults,
  QueryType,
  ServerFrame,
} from "@tidings/core/protocol";
import { parseResult, parseServerFrames, PROTOCOL_VERSION } from "@tidings/core/protocol";
import { WebSocket } from "ws";
import type { TidingsServer } from "../../src/index.ts";

type FrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;
type Distributed<Item> = Item extends unknown ? Omit<Item, "commandId" | "at"> : never;

/** A command without what the client fills in by itself. */
export type Draft = Distributed<Command> & { readonly commandId?: string };

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A client of the wire alone: nothing is retried, nothing is hidden. */
export class RawClient {
  /** Everything received, in order. */
  readonly frames: ServerFrame[] = [];
  readonly closed: Promise<Closed>;
  readonly socket: WebSocket;
  readonly #lanes = new Map<string, number>();
  #waiting: (() => void)[] = [];
  #ids = 0;

  constructor(
    url: string,
    options: { readonly origin?: string; readonly headers?: Record<string, string> } = {},
  ) {
    this.socket = new WebSocket(url, { ...options, perMessageDeflate: false });
    this.socket.on("message", (data: Buffer) => {
      const parsed = parseServerFrames(data.toString());
      if (!parsed.ok) throw parsed.error;
      this.frames.push(...parsed.frames);
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => {
        resolve({ code, reason: String(reason) });
        for (const wake of this.#waiting.splice(0)) wake();
      });
    });
    this.socket.on("error", () => {}); // Tells itself by `closed`.
  }

  async opened(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.socket.once("open", resolve);
      this.socket.once("error", reject);
    });
    return this;
  }

  raw(data: string | Buffer): void {
    this.socket.send(data);
  }

  send(...frames: readonly ClientFrame[]): void {
    this.raw(JSON.stringify(frames.length === 1 ? frames[0] : frames));
  }

  hello(token: string | undefined, clientId = "client"): void {
    this.send({ type: "hello", version: PROTOCOL_VERSION, clientId, ...(token !== undefined && { token }) });
  }

  /** The first frame, past or to come, that fits. */
  async find<Type extends ServerFrame["type"]>(
    type: Type,
    fits: (frame: FrameOf<Type>) => boolean = () => true,
  ): Promise<FrameOf<Type>> {
    for (let index = 0; ; index += 1) {
      while (index >= this.frames.length) await this.#more(type);
      const frame = this.frames[index];
      if (frame?.type === type && fits(frame as FrameOf<Type>)) return frame as FrameOf<Type>;
    }
  }

  async #more(type: string): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED)
      throw new Error(`the link closed without a fitting "${type}"`);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  all<Type extends ServerFrame["type"]>(type: Type): FrameOf<Type>[] {
    return this.frames.filter((frame) => frame.type === type) as FrameOf<Type>[];
  }

  /** A submit of `draft` with the next number of its lane. */
  frame(draft: Draft, lane?: number): Extract<ClientFrame, { type: "submit" }> {
    const command = { commandId: newId(), at: Date.now(), ...draft } as Command;
    const { conversationId } = command;
    const number = lane ?? (this.#lanes.get(conversationId) ?? 0) + 1;
    const isLaned = command.type !== "receipt.mark";
    if (isLaned) this.#lanes.set(conversationId, number);
    return { type: "submit", id: ++this.#ids, ...(isLaned && { lane: number }), command };
  }

  answer(id: number): Promise<FrameOf<"ack"> | FrameOf<"reject">> {
    const isIt = (frame: { id: number }): boolean => frame.id === id;
    return Promise.race([this.find("ack", isIt), this.find("reject", isIt)]);
  }

  /** Submits and waits for the answer. */
  async submit(draft: Draft): Promise<FrameOf<"ack"> | FrameOf<"reject">> {
    const frame = this.frame(draft);
    this.send(frame);
    return this.answer(frame.id);
  }

  /** Submits what must be accepted. */
  async accepted(draft: Draft): Promise<Ack> {
    const answer = await this.submit(draft);
    if (answer.type === "ack") return answer.ack;
    throw new Error(`refused: ${answer.code} ${answer.message}`);
  }

  /** Submits what must be refused; with which code. */
  async refused(draft: Draft): Promise<string> {
    const answer = await this.submit(draft);
    if (answer.type === "reject") return answer.code;
    throw new Error("accepted");
  }

  say(conversationId: string, text: string): Promise<Ack> {
    return this.accepted(message(conversationId, text));
  }

  async ask(query: Query): Promise<FrameOf<"result"> | FrameOf<"reject">> {
    const id = ++this.#ids;
    this.send({ type: "query", id, query });
    const isIt = (frame: { id: number }): boolean => frame.id === id;
    return Promise.race([this.find("result", isIt), this.find("reject", isIt)]);
  }

  async query<Type extends QueryType>(query: Query & { readonly type: Type }): Promise<QueryResults[Type]> {
    const answer = await this.ask(query);
    if (answer.type === "result") return parseResult(query.type, answer.result);
    throw new Error(`refused: ${answer.code} ${answer.message}`);
  }

  /** Resolves when everything sent so far has been handled: frames of a link are taken in order. */
  async settled(): Promise<void> {
    const n = ++this.#ids;
    this.send({ type: "ping", n, seen: 0 });
    await this.find("pong", (frame) => frame.n === n);
  }

  close(): Promise<Closed> {
    this.socket.close(1000);
    return this.closed;
  }

  cut(): void {
    this.socket.terminate();
  }
}

export function message(conversationId: string, text: string): Draft & { readonly type: "message.send" } {
  return { type: "message.send", conversationId, kind: "text", content: { text } };
}

let minted = 0;

/** A command id: a UUID of version 7, unique within this process. */
export function newId(at: number = Date.now()): string {
  minted += 1;
  const time = at.toString(16).padStart(12, "0");
  const tail = `${process.pid.toString(16)}${minted.toString(16).padStart(8, "0")}`
    .slice(-12)
    .padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`;
}

/** A welcomed client of `userId`. */
export async function join(
  server: TidingsServer,
  userId: string,
  clientId: string = userId,
): Promise<RawClient> {
  const client = await new RawClient(server.url).opened();
  client.hello(await server.issueToken(userId), clientId);
  await client.find("welcome");
  return client;
}
