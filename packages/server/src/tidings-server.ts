import type { IssueTokenOptions } from "./auth/tokens.ts";
import type { Health } from "./observe/health.ts";
import type { AuditPage, AuditQuery } from "./store/audit.ts";
import type { Kept } from "./store/kept.ts";

/** What a token says beside whom it is for. */
export type TokenOptions = Pick<IssueTokenOptions, "expiresInMs" | "tier" | "roles">;

/** A running server. */
export interface TidingsServer {
  /** Where clients connect: `ws://127.0.0.1:8787`. */
  readonly url: string;
  /** Where the page and `/health` are: `http://127.0.0.1:8787`. */
  readonly httpUrl: string;
  readonly port: number;
  /** Where Prometheus reads: `http://127.0.0.1:9464/metrics`. Undefined without a `metricsPort`. */
  readonly metricsUrl: string | undefined;
  /** Links open now. */
  readonly connections: number;
  /** What `/health` says. */
  health(): Promise<Health>;
  /** A token for `userId`, signed with this server's secret. @throws {MessagingError} `client/misused` if it has none. */
  issueToken(userId: string, options?: TokenOptions): Promise<string>;
  /**
   * Takes back everything a person said and did, and deletes what no command takes back: their messages say nothing any
   * more, on all devices, nor does what others forwarded of them; their reactions, watermarks and earlier texts are gone; they are in no conversation. What stays
   * is their id, and that they were there. Their links end, and tokens issued until then are refused. The last owner of a conversation stays in it: make somebody else owner first.
   *
   * @param by - who wanted it, for the audit log. Default `"system"`.
   * @throws {Error} if the store fails; call it again.
   */
  eraseUser(userId: string, by?: string): Promise<void>;
  /**
   * Everything kept of a person, read as it is taken: what `eraseUser` would take back and delete, so nothing of whoever
   * was erased. What others did to them is there without a name, what others wrote is not.
   *
   * @param by - who wanted it, for the audit log. Default `"system"`.
   * @throws {Error} while it is read, if the store fails.
   */
  exportUser(userId: string, by?: string): AsyncIterable<Kept>;
  /**
   * Who did what to others, and when: a page, the newest first.
   *
   * @throws {Error} if the store keeps no such log, or fails.
   */
  auditLog(query: AuditQuery): Promise<AuditPage>;
  /**
   * Stops without losing anything: takes no new links, answers what was submitted, tells every client when to come
   * back, closes. Calling it again waits for the same end.
   */
  close(): Promise<void>;
}
