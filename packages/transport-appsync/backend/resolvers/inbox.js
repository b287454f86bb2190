// onInbox: one's own only; what brings somebody in, or out, names them.
import { extensions, util } from "@aws-appsync/utils";

export function request() {
  return { payload: null };
}

export function response(ctx) {
  const { userId } = ctx.args;
  if (userId !== ctx.identity.sub) util.unauthorized();
  extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({ audience: { contains: userId } }));
  return null;
}
