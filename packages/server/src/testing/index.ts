/**
 * For tests: a bad network in front of a real server, real services of the machine, and the engine and the desk for files
 * alone, for whoever brings time, chance, links and a place for bytes.
 */
export type { Faults, FaultSources } from "./fault-pipe.ts";
export { createFaultProxy, type Direction, type FaultProxy, type FaultProxyOptions } from "./fault-proxy.ts";
export type { Bus, BusEvent } from "../bus/bus.ts";
export { inProcessBus } from "../bus/in-process-bus.ts";
export type { Clock as EngineClock } from "../engine/clock.ts";
export { Engine, type EngineOptions } from "../engine/engine.ts";
export type { FrameList } from "../engine/frame-list.ts";
export type { Session } from "../engine/online.ts";
export type { Outlet } from "../engine/outlet.ts";
export { Files, type FilesOptions } from "../files/desk.ts";
export { Damaged, type FileStore, type NewObject, type Served, type Upload } from "../files/file-store.ts";
export type { Scan, ScannedFile, ScanVerdict } from "../files/scan.ts";
export { silentMeter } from "../observe/meter.ts";
export { type HousekeepingOptions, keepHouse } from "../housekeeping.ts";
export { Jobs, type JobsOptions } from "../jobs.ts";
export {
  hasNginx,
  type NginxPlace,
  type NginxService,
  type NginxServiceOptions,
  startNginx,
} from "./nginx.ts";
export { hasPostgres, type PostgresService, type PostgresServiceOptions, startPostgres } from "./postgres.ts";
export { hasRedis, type RedisService, type RedisServiceOptions, startRedis } from "./redis.ts";
export { type S3Service, startS3 } from "./s3/s3.ts";
export type { S3Account } from "./s3/signature.ts";
export { freePort } from "./service-process.ts";
