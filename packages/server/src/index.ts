/** The reference server: `createServer()` here, `tidings-server` on the command line. */
export { type Algorithm, issueToken, type IssueTokenOptions } from "./auth/tokens.ts";
export type { Scope } from "./auth/scopes.ts";
export { createServiceKey, type ServiceKey } from "./auth/service-keys.ts";
export { createServer } from "./create-server.ts";
export { letHeapDouble } from "./let-heap-double.ts";
export type { TidingsServer, TokenOptions } from "./tidings-server.ts";
export { loggingPushProvider } from "./push/logging-provider.ts";
export type { PushMessage, PushOutcome, PushProvider } from "./push/provider.ts";
export type { PreviewOptions } from "./previews/preview-options.ts";
export type { PushOptions } from "./push/push-options.ts";
export {
  createVapidKeys,
  type VapidKeys,
  type WebPushOptions,
  webPushProvider,
} from "./push/web-push-provider.ts";
export type { PushTarget } from "./store/push.ts";
export type { Bus, BusEvent } from "./bus/bus.ts";
export type { ConversationIds } from "./engine/conversation-ids.ts";
export type { Lobby } from "./engine/lobbies.ts";
export type { Log } from "./log.ts";
export type { AuditAction, AuditEntry, AuditPage, AuditQuery } from "./store/audit.ts";
export type { Kept, KeptAnswer, KeptFile, KeptMessage } from "./store/kept.ts";
export type { CheckName, Health, HealthCheck, HealthLevel } from "./observe/health.ts";
export type { RetentionOptions, ServerOptions } from "./options.ts";
export type { ServerBounds } from "./server-bounds.ts";
export { type FileOptions, s3At } from "./files/file-options.ts";
export type { S3Options } from "./files/s3-store.ts";
export type { Scan, ScannedFile, ScanVerdict } from "./files/scan.ts";
