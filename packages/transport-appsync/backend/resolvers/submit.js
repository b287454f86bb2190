// submit: the function decides; what those hear who are removed by it ends here.
import { extensions, util } from "@aws-appsync/utils";

export function request(ctx) {
  return { operation: "Invoke", payload: { field: "submit", args: ctx.args, userId: ctx.identity.sub } };
}

export function response(ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  const { error, value, removed } = ctx.result;
  if (error) {
    const info = { retryable: error.retryable, retryAfterMs: error.retryAfterMs };
    util.error(error.message, error.code, null, info);
  }
  // No command removes more than one person, and AppSync takes five of these from one request.
  removed.forEach((userId) => {
    const payload = { conversationId: ctx.args.conversationId, userId };
    extensions.invalidateSubscriptions({ subscriptionField: "onEvent", payload });
    extensions.invalidateSubscriptions({ subscriptionField: "onSignal", payload });
  });
  return value;
}
