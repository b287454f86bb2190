// The Lambda functions. Bundle them: `node build.mjs`.
import { createDynamo, signedSend } from "@tidings/transport-appsync/backend";
import { createHandlers, gatewayPolicy } from "./src/handlers.ts";
import { managementPosts } from "./src/posts.ts";
import { oidcTokens } from "./src/tokens.ts";

const { env } = process;
const region = env.AWS_REGION;
const credentials = () => ({
  accessKeyId: env.AWS_ACCESS_KEY_ID,
  secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
  sessionToken: env.AWS_SESSION_TOKEN,
});
const send = signedSend({ region, credentials });

const handlers = createHandlers({
  database: createDynamo({ table: env.CHAT, send }),
  connections: createDynamo({ table: env.CONNECTIONS, send }),
  posts: managementPosts({ endpoint: env.ENDPOINT, region, credentials }),
  authenticate: oidcTokens({ issuer: env.ISSUER, audience: env.AUDIENCE }),
  epoch: env.EPOCH,
  lobbies: JSON.parse(env.LOBBIES || "{}"),
  policy: { heartbeatMs: Number(env.HEARTBEAT_MS) || gatewayPolicy.heartbeatMs },
  retentionMs: Number(env.RETENTION_DAYS) * 24 * 60 * 60 * 1_000,
});

/** Every route of the WebSocket API. */
export const handler = (event) => handlers[event.requestContext.routeKey](event);

/** `POST /ticket` of the HTTP API, whose authoriser has looked at the token. */
export const ticket = async (event) => {
  const { sub } = event.requestContext.authorizer.jwt.claims;
  return { statusCode: 200, body: await handlers.tickets.issue(sub) };
};
