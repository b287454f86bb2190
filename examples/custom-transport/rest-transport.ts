import type { CloseReason, Link, LinkEvent, OpenRequest, Transport } from "@tidings/core";
import { type ErrorCode, isErrorCode, MessagingError, toMessagingError } from "@tidings/core/errors";
import { parseResult, parseServerFrames, type ServerFrame } from "@tidings/core/protocol";

export interface RestTransportOptions {
  /** Where the backend is: `https://chat.example.com/api`. */
  readonly url: string;
}

/**
 * Reaches a backend by plain HTTP: `GET /events` is the link, a response that never ends, one frame to a line;
 * `POST /commands`, `/queries` and `/heads` are asked beside it.
 */
export function restTransport({ url }: RestTransportOptions): Transport {
  return {
    // Requests may overtake each other on their way, so submits go one at a time (pipelining: false).
    supports: { pipelining: false, signals: false, receipts: true, search: true },
    async open(request, signal) {
      if (signal.aborted) throw failure("connection/failed", "unable to connect; it was called off");
      const controller = new AbortController();
      const callOff = (): void => controller.abort();
      signal.addEventListener("abort", callOff);
      try {
        const headers = headersOf(request);
        const response = await fetch(`${url}/events`, { headers, signal: controller.signal });
        if (!response.ok || !response.body) throw refusal(readFrame(await response.text()));
        const batches = readBatches(response.body);
        const [welcome, ...rest] = (await batches.next()).value ?? [];
        if (welcome?.type !== "welcome") throw failure("protocol/malformed", "unable to begin; no welcome");
        if (signal.aborted) throw failure("connection/failed", "unable to connect; it was called off");
        request.receive([welcome, ...rest.filter(isEvent)]);
        return createLink({ url, request, controller, batches });
      } catch (error) {
        controller.abort();
        throw toMessagingError(error, "connection/failed");
      } finally {
        signal.removeEventListener("abort", callOff);
      }
    },
  };
}

interface LinkOptions {
  readonly url: string;
  readonly request: OpenRequest;
  /** Ends everything that is under way. */
  readonly controller: AbortController;
  readonly batches: AsyncIterable<readonly ServerFrame[]>;
}

function createLink({ url, request, controller, batches }: LinkOptions): Link {
  let over: MessagingError | undefined;

  /** Whatever ends a link ends it here, once: what waits is rejected, `closed` is told last. */
  const end = (message: string): MessagingError => {
    if (over) return over;
    over = failure("connection/lost", message);
    const reason: CloseReason = { code: over.code, retryable: true, message };
    controller.abort();
    request.receive([{ type: "closed", reason }]);
    return over;
  };

  const listen = async (): Promise<void> => {
    for await (const frames of batches) {
      const events = frames.filter(isEvent);
      if (!over && events.length > 0) request.receive(events);
    }
  };

  const ask = async (path: string, question: unknown): Promise<ServerFrame> => {
    if (over) throw over;
    let frame: ServerFrame | undefined;
    try {
      const init = { method: "POST", headers: headersOf(request), body: JSON.stringify(question) };
      const response = await fetch(`${url}${path}`, { ...init, signal: controller.signal });
      frame = readFrame(await response.text());
    } catch (cause) {
      throw end(`unable to get an answer; ${String(cause)}`);
    }
    if (frame?.type === "reject") throw refusal(frame);
    if (frame) return frame;
    throw end("unable to get an answer; it says nothing");
  };

  listen().then(
    () => end("unable to go on; the backend has closed the link"),
    (cause: unknown) => end(`unable to go on; ${String(cause)}`),
  );

  return {
    async submit(command) {
      const frame = await ask("/commands", command);
      if (frame.type === "ack") return frame.ack;
      throw end("unable to get an answer; it is no ack");
    },
    async query(query) {
      const frame = await ask("/queries", query);
      return parseResult(query.type, frame.type === "result" ? frame.result : undefined);
    },
    async ping() {
      const frame = await ask("/heads", {});
      if (frame.type === "pong" && !over) request.receive([{ type: "heads", heads: frame.heads }]);
    },
    signal: () => {}, // this backend carries none: `supports` says so
    close: () => void end("unable to go on; closed here"),
  };
}

function headersOf({ token, clientId }: OpenRequest): Record<string, string> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return { "content-type": "application/json", "x-client-id": clientId, ...authorization };
}

/** Frames as they come in, as many at once as came at once. A line cut in two waits for its rest. */
async function* readBatches(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly ServerFrame[], void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield lines.flatMap((line) => readFrame(line) ?? []);
  }
}

/** Never trust what comes over a wire: the parsers of the protocol say whether it is what its type says. */
function readFrame(text: string): ServerFrame | undefined {
  const parsed = parseServerFrames(text);
  if (!parsed.ok) throw parsed.error;
  return parsed.frames[0];
}

function isEvent(frame: ServerFrame): frame is ServerFrame & LinkEvent {
  return ["change", "receipt", "signal", "policy"].includes(frame.type);
}

/** What a refused request rejects with. */
function refusal(frame: ServerFrame | undefined): MessagingError {
  if (frame?.type !== "reject") return failure("connection/failed", "unable to connect; no reason was given");
  const { code, retryable, retryAfterMs, message } = frame;
  return new MessagingError(isErrorCode(code) ? code : "client/unknown", {
    retryable,
    retryAfterMs,
    message,
  });
}

function failure(code: ErrorCode, message: string): MessagingError {
  return new MessagingError(code, { message });
}
