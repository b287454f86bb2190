/** One part on its way by HTTP PUT. */
export interface PartRequest {
  readonly url: string;
  /** Exactly what the ticket asks for: they are part of what is signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ArrayBuffer;
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
}

/** What came of it. `failed`: the store could not be reached, or not now. `stale`: not under this ticket any more. */
export type PartAnswer =
  | { readonly type: "arrived"; readonly etag: string }
  | { readonly type: "stale" }
  | { readonly type: "failed"; readonly retryAfterMs?: number };

/** Never rejects but with what `signal` was aborted for. */
export type PartSender = (request: PartRequest) => Promise<PartAnswer>;

/** The part of `fetch` that uploads need. */
export type Fetch = (url: string, request: RequestInit) => Promise<Response>;

/** Sends by `fetch`, which says nothing of how far a part has got. */
export function fetchParts(fetch: Fetch): PartSender {
  return async ({ url, headers, body, signal }) => {
    try {
      const answer = await fetch(url, { method: "PUT", headers, body, signal });
      await answer.body?.cancel();
      return answerOf(answer.status, (name) => answer.headers.get(name));
    } catch {
      signal.throwIfAborted();
      return { type: "failed" };
    }
  };
}

/** Sends by `XMLHttpRequest`, in browsers the only one that tells how far a part has got. */
export function xhrParts(create: () => XMLHttpRequest): PartSender {
  return ({ url, headers, body, signal, onProgress }) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason); // it tells nobody any more
      const request = create();
      request.open("PUT", url);
      for (const [name, value] of Object.entries(headers)) {
        if (!isForbidden(name)) request.setRequestHeader(name, value);
      }
      request.upload.addEventListener("progress", ({ loaded }) => onProgress(loaded));
      request.addEventListener("load", () =>
        resolve(answerOf(request.status, (name) => request.getResponseHeader(name))),
      );
      request.addEventListener("error", () => resolve({ type: "failed" }));
      request.addEventListener("abort", () => reject(signal.reason));
      signal.addEventListener("abort", () => request.abort());
      request.send(body);
    });
}

/** Of the platform, unless there is a `fetch` of the app's own. */
export function platformParts(fetch?: Fetch): PartSender {
  if (fetch) return fetchParts(fetch);
  return "XMLHttpRequest" in globalThis
    ? xhrParts(() => new XMLHttpRequest())
    : fetchParts((url, request) => globalThis.fetch(url, request));
}

/** Browsers say these themselves, of what is sent. */
function isForbidden(name: string): boolean {
  return /^(content-length|host)$/i.test(name);
}

/**
 * 400, 401, 403, 404 and 410 of a store mean that the signature or the upload it is for have ended: a new ticket says
 * whether that is so. All else passes, or fails so often that it counts.
 */
function answerOf(status: number, header: (name: string) => string | null): PartAnswer {
  if (status >= 200 && status < 300) return { type: "arrived", etag: header("etag") ?? "" };
  if ([400, 401, 403, 404, 410].includes(status)) return { type: "stale" };
  const seconds = Number(header("retry-after") ?? NaN);
  return { type: "failed", ...(seconds > 0 && { retryAfterMs: seconds * 1_000 }) };
}
