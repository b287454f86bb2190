// The Lambda function. Bundle it: `node build.mjs`.
import { appSyncPolicy, createBackend, createDynamo, signedSend } from "tidings-backend";

const { env } = process;

const send = signedSend({
  region: env.AWS_REGION,
  credentials: () => ({
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    sessionToken: env.AWS_SESSION_TOKEN,
  }),
});

export const handler = createBackend({
  database: createDynamo({ table: env.TABLE, send }),
  epoch: env.EPOCH,
  lobbies: JSON.parse(env.LOBBIES || "{}"),
  policy: { ...appSyncPolicy, heartbeatMs: Number(env.HEARTBEAT_MS) || appSyncPolicy.heartbeatMs },
  retentionMs: Number(env.RETENTION_DAYS) * 24 * 60 * 60 * 1_000,
});
