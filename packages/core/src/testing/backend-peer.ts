import { systemClock } from "../base/clock.ts";
import { type ErrorCode, isErrorCode } from "../errors/codes.ts";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { Ack, Change } from "../protocol/changes.ts";
import { closeCodes } from "../protocol/close-codes.ts";
import type { Command } from "../protocol/commands.ts";
import type { ClientFrame, RejectFrame, ServerFrame, Welcome } from "../protocol/frames.ts";
import { parseResult, parseServerFrames } from "../protocol/parse-server.ts";
import type { QueryOf, QueryResults, QueryType } from "../protocol/queries.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import { newId, textOf } from "./dialled.ts";
import { expectThat, type Waiting } from "./kit.ts";

/** What the kit needs of a WebSocket: those of browsers, Node 22, Deno, Bun and the package `ws` fit as they are. */
export interface KitSocket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

type FrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { readonly type: Type }>;
type Distributed<Item> = Item extends unknown ? Omit<Item, "commandId" | "at"> : never;

/** A command; id and time are filled in where they are missing. */
export type Draft = Distributed<Command> & { readonly commandId?: string };

/** A client of the wire alone: nothing is retried, nothing hidden. */
export interface Peer {
  /** All that came, in order. */
  readonly frames: readonly ServerFrame[];
  /** Sends frames in one WebSocket message. */
  send(...frames: readonly ClientFrame[]): void;
  raw(text: string): void;
  /** Says hello, and waits for the welcome. */
  hello(token: string | undefined, clientId?: string): Promise<Welcome>;
  /** The numbers the next submit would have. */
  next(command: Command): { readonly id: number; readonly lane?: number };
  /** The answer of a request. */
  answer(id: number): Promise<ServerFrame>;
  /** Submits in its lane's order. */
  try(draft: Draft): Promise<Ack | RejectFrame>;
  /** Submits what must be accepted. */
  submit(draft: Draft): Promise<Ack>;
  /** Submits what must be refused. */
  refused(draft: Draft): Promise<RejectFrame>;
  /** Asks what must be refused. */
  unanswered(query: QueryOf<QueryType>): Promise<RejectFrame>;
  query<Type extends QueryType>(query: QueryOf<Type>): Promise<QueryResults[Type]>;
  /** Answered, so all that was pushed before has come. */
  ping(): Promise<FrameOf<"pong">>;
  all<Type extends ServerFrame["type"]>(type: Type): readonly FrameOf<Type>[];
  changes(conversationId: string): readonly Change[];
  said(conversationId: string): readonly string[];
  /** Why the backend ended the link: what its closing said, or its close code means. */
  ended(): Promise<ErrorCode | number>;
  readonly isOpen: boolean;
  close(): void;
}

export function complete(draft: Draft): Command {
  return { commandId: newId(), at: systemClock.now(), ...draft };
}

function isAck(answer: Ack | RejectFrame): answer is Ack {
  return !("type" in answer);
}

export async function connectPeer(socket: KitSocket, wait: Waiting): Promise<Peer> {
  const frames: ServerFrame[] = [];
  const lanes = new Map<string, number>();
  let fault: MessagingError | undefined;
  let closeCode: number | undefined;
  let isOpened = false;
  let ids = 0;
  let pings = 0;
  socket.onopen = () => void (isOpened = true);
  socket.onerror = () => {};
  socket.onclose = (event: { readonly code: number }) => void (closeCode = event.code);
  socket.onmessage = (event: { readonly data: unknown }) => {
    const parsed = parseServerFrames(String(event.data));
    if (parsed.ok) frames.push(...parsed.frames);
    else fault = parsed.error;
  };

  /** The first frame that fits, past or to come. */
  const find = async <Type extends ServerFrame["type"]>(
    type: Type,
    fits: (frame: FrameOf<Type>) => boolean,
    what: string,
  ): Promise<FrameOf<Type>> => {
    const found = (): FrameOf<Type> | undefined => all(type).find(fits);
    await wait.until(() => {
      if (fault) throw fault;
      expectThat(
        found() !== undefined || closeCode === undefined,
        `${what}; the link ended with ${closeCode}`,
      );
      return found() !== undefined;
    }, what);
    const frame = found();
    expectThat(frame !== undefined, what);
    return frame;
  };

  const all = <Type extends ServerFrame["type"]>(type: Type): FrameOf<Type>[] =>
    frames.filter((frame): frame is FrameOf<Type> => frame.type === type);

  const answer = async (id: number): Promise<ServerFrame> => {
    const isAnswer = (frame: ServerFrame): boolean => "id" in frame && frame.id === id;
    await wait.until(() => {
      if (fault) throw fault;
      return closeCode !== undefined || frames.some(isAnswer);
    }, `request ${id} should be answered`);
    const found = frames.find(isAnswer);
    expectThat(found !== undefined, `request ${id} should be answered; the link ended with ${closeCode}`);
    return found;
  };

  const send = (...sent: readonly ClientFrame[]): void =>
    socket.send(JSON.stringify(sent.length === 1 ? sent[0] : sent));

  const next = ({ type, conversationId }: Command): { id: number; lane?: number } => {
    ids += 1;
    if (type === "receipt.mark") return { id: ids };
    const lane = (lanes.get(conversationId) ?? 0) + 1;
    lanes.set(conversationId, lane);
    return { id: ids, lane };
  };

  const tryTo = async (draft: Draft): Promise<Ack | RejectFrame> => {
    const command = complete(draft);
    const numbers = next(command);
    send({ type: "submit", ...numbers, command });
    const frame = await answer(numbers.id);
    expectThat(frame.type === "ack" || frame.type === "reject", `a submit was answered with ${frame.type}`);
    return frame.type === "ack" ? frame.ack : frame;
  };

  const ask = async (query: QueryOf<QueryType>): Promise<ServerFrame> => {
    const id = ++ids;
    send({ type: "query", id, query });
    return answer(id);
  };

  await wait.until(() => isOpened || closeCode !== undefined, "the socket should open");
  const changes = (conversationId: string): Change[] =>
    all("change").flatMap(({ change }) => (change.conversationId === conversationId ? [change] : []));

  return {
    frames,
    send,
    next,
    answer,
    all,
    changes,
    raw: (text) => socket.send(text),
    try: tryTo,
    async hello(token, clientId = newId()) {
      send({ type: "hello", version: PROTOCOL_VERSION, clientId, ...(token !== undefined && { token }) });
      const { welcome } = await find("welcome", () => true, "hello should be answered with welcome");
      return welcome;
    },
    async submit(draft) {
      const answered = await tryTo(draft);
      if (isAck(answered)) return answered;
      throw new Error(`${draft.type} should be accepted; it was refused with ${answered.code}`);
    },
    async refused(draft) {
      const answered = await tryTo(draft);
      expectThat(!isAck(answered), `${draft.type} should be refused; it was accepted`);
      return answered;
    },
    async unanswered(query) {
      const frame = await ask(query);
      expectThat(frame.type === "reject", `${query.type} should be refused; it was answered`);
      return frame;
    },
    async query(query) {
      const frame = await ask(query);
      expectThat(
        frame.type === "result",
        `${query.type} should be answered; it was ${JSON.stringify(frame)}`,
      );
      return parseResult(query.type, frame.result);
    },
    ping() {
      const n = ++pings;
      send({ type: "ping", n, seen: n - 1 });
      return find("pong", (frame) => frame.n === n, "a ping should be answered with its number");
    },
    said: (conversationId) => changes(conversationId).flatMap(({ record }) => textOf(record)),
    async ended() {
      await wait.until(() => closeCode !== undefined, "the link should be ended");
      const said = all("closing").at(-1)?.code;
      return isErrorCode(said) ? said : (closeCodes[closeCode ?? 0] ?? closeCode ?? 0);
    },
    get isOpen() {
      return closeCode === undefined;
    },
    close: () => socket.close(1000),
  };
}
