// The Lambda function. Bundle it: `node build.mjs`.
import { appSyncPolicy, createBackend } from "tidings-backend";

const { env } = process;

export const handler = createBackend({
  table: env.TABLE,
  region: env.AWS_REGION,
  epoch: env.EPOCH,
  lobbies: JSON.parse(env.LOBBIES || "{}"),
  policy: { ...appSyncPolicy, heartbeatMs: Number(env.HEARTBEAT_MS) || appSyncPolicy.heartbeatMs },
  retentionMs: Number(env.RETENTION_DAYS) * 24 * 60 * 60 * 1_000,
  credentials: () => ({
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    sessionToken: env.AWS_SESSION_TOKEN,
  }),
});
