// welcome, heads, ask: the function answers.
import { util } from "@aws-appsync/utils";

export function request(ctx) {
  const { sub, claims } = ctx.identity;
  const payload = { field: ctx.info.fieldName, args: ctx.args, userId: sub, expiresAt: claims?.exp };
  return { operation: "Invoke", payload };
}

export function response(ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  const { error, value } = ctx.result;
  if (error) {
    const info = { retryable: error.retryable, retryAfterMs: error.retryAfterMs };
    util.error(error.message, error.code, null, info);
  }
  return value;
}
