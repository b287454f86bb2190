// onEvent, onSignal: for members, for as long as they are.
import { extensions, util } from "@aws-appsync/utils";

export function request(ctx) {
  const key = { pk: `C#${ctx.args.conversationId}`, sk: `P#${ctx.identity.sub}` };
  return { operation: "GetItem", key: util.dynamodb.toMapValues(key), consistentRead: true };
}

export function response(ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  const status = ctx.result?.status;
  if (status !== "active" && status !== "muted") util.unauthorized();
  const conversationId = { eq: ctx.args.conversationId };
  const userId = { eq: ctx.identity.sub };
  extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({ conversationId }));
  extensions.setSubscriptionInvalidationFilter(
    util.transform.toSubscriptionFilter({ conversationId, userId }),
  );
  return null;
}
