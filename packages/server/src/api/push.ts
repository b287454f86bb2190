import type { FastifyReply } from "fastify";
import * as z from "zod";
import { refuse } from "../engine/packets.ts";
import { sendProblem } from "../gateway/problem.ts";
import type { PushService } from "../push/open-push.ts";
import { readsForNobody } from "./caller.ts";
import type { GuardedHandler } from "./door.ts";
import { malformed, paramsOf, placeOf } from "./reading.ts";

export interface PushRouteOptions {
  /** Absent: this server pushes to nobody. */
  readonly push: Pick<PushService, "provider" | "targets"> | undefined;
  readonly now: () => number;
}

/** Bytes of an uncompressed point of P-256, and of the secret, in base64url. */
const subscription = z.object({
  endpoint: z.string().max(2_048),
  keys: z.object({
    p256dh: z.string().regex(/^[\w-]{87}=?$/u),
    auth: z.string().regex(/^[\w-]{22}(?:==)?$/u),
  }),
});

const deviceId = z.string().regex(/^[\w.-]{1,64}$/u);

/** What of a browser's `PushSubscription.toJSON()` has to come in. */
export const subscriptionFields: Readonly<Record<string, z.ZodType>> = subscription.shape;

/** Devices of whoever asks that can be pushed to. */
export function pushRoutes({ push, now }: PushRouteOptions): {
  readonly pushKey: GuardedHandler;
  readonly devices: GuardedHandler;
  readonly putDevice: GuardedHandler;
  readonly removeDevice: GuardedHandler;
} {
  const handler =
    (handle: (service: Pushing, userId: string, ...rest: Rest) => Promise<FastifyReply>): GuardedHandler =>
    async ({ caller }, request, reply) => {
      if (!push) return sendProblem(reply, pushesNobody, 404);
      if (!caller || caller.isSystem) return sendProblem(reply, readsForNobody);
      return handle(push, caller.userId, request, reply);
    };
  return {
    pushKey: handler(async ({ provider }, _userId, _request, reply) =>
      reply.send({ publicKey: provider.publicKey }),
    ),
    devices: handler(async ({ targets }, userId, _request, reply) => {
      const kept = await targets.of(userId);
      return reply.send({
        items: kept.map(({ deviceId: id, endpoint, at }) => ({
          deviceId: id,
          origin: new URL(endpoint).origin,
          at,
        })),
      });
    }),
    putDevice: handler(async ({ provider, targets }, userId, request, reply) => {
      const parsed = subscription.safeParse(request.body);
      if (!parsed.success) return sendProblem(reply, malformed("command", placeOf(parsed.error)));
      const device = deviceId.safeParse(paramsOf(request)["deviceId"]);
      if (!device.success) return sendProblem(reply, malformed("command", "deviceId"));
      const { endpoint, keys } = parsed.data;
      if (!provider.accepts(endpoint)) return sendProblem(reply, malformed("command", "endpoint"));
      await targets.put({ userId, deviceId: device.data, endpoint, ...keys, at: now() });
      return reply.code(204).send();
    }),
    removeDevice: handler(async ({ targets }, userId, request, reply) => {
      await targets.remove(userId, paramsOf(request)["deviceId"] ?? "");
      return reply.code(204).send();
    }),
  };
}

type Pushing = NonNullable<PushRouteOptions["push"]>;
type Rest = [request: Parameters<GuardedHandler>[1], reply: FastifyReply];

const pushesNobody = refuse("command/unsupported", "unable to push; this server does not");
