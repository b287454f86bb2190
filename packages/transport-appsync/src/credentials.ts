import { toMessagingError } from "@tidings/core/errors";

/** A request to be signed. */
export interface SignRequest {
  readonly url: string;
  readonly body: string;
  /** Of a `connect` and a `start` the headers travel inside the WebSocket, not as headers of HTTP. */
  readonly kind: "request" | "connect" | "start";
}

/**
 * How the API knows who one is. Absent: by the token that the client's `auth` gives (Cognito, OIDC, Lambda).
 *
 * - `apiKey`: for backends to which everybody is the same.
 * - `token`: asked for each handshake, each subscription and each request, instead of the client's `auth`.
 * - `sign`: gives the headers of a signed request; `iamSigner` of `@tidings/transport-appsync/iam` makes one.
 */
export type AppSyncAuth =
  | { readonly apiKey: string }
  | { readonly token: () => string | Promise<string> }
  | { readonly sign: (request: SignRequest) => Promise<Readonly<Record<string, string>>> };

/** The headers that say who asks. @throws {MessagingError} `auth/unavailable` if the app cannot tell. */
export type Authorize = (request: SignRequest) => Promise<Readonly<Record<string, string>>>;

/** @param linkToken - the token of the link at the moment. */
export function authorizer(auth: AppSyncAuth | undefined, linkToken: () => string | undefined): Authorize {
  return async (request) => {
    if (!auth) return withToken(linkToken());
    if ("apiKey" in auth) return { "x-api-key": auth.apiKey };
    try {
      return await ("token" in auth ? withToken(await auth.token()) : auth.sign(request));
    } catch (error) {
      throw toMessagingError(error, "auth/unavailable");
    }
  };
}

function withToken(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { Authorization: token };
}

/** As AppSync reads it in a subprotocol or a query: JSON in base64. What is not ASCII is escaped, as `btoa` takes none. */
export function encodeHeader(header: object): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return btoa(JSON.stringify(header).replace(/[\u0080-\uffff]/g, escape));
}

/** For a subprotocol, whose alphabet is that of a token of HTTP. */
export function encodeHeaderForProtocol(header: object): string {
  return encodeHeader(header).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
