// signal: whoever is in the conversation may; nothing is kept.
import { util } from "@aws-appsync/utils";

export function request(ctx) {
  const table = ctx.env.TABLE;
  const pk = `C#${ctx.args.conversationId}`;
  const keys = [
    { pk, sk: "META" },
    { pk, sk: `P#${ctx.identity.sub}` },
  ].map((key) => ({ table, key: util.dynamodb.toMapValues(key) }));
  return { operation: "TransactGetItems", transactItems: keys };
}

export function response(ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  const { conversationId, signal } = ctx.args;
  const [meta, participant] = ctx.result.items;
  const status = participant?.status;
  if (!meta || (status !== "active" && status !== "muted")) {
    util.error(
      "unable to find the conversation; it does not exist, or you are not in it",
      "conversation/not-found",
    );
  }
  const userId = ctx.identity.sub;
  if (signal.type === "presence") {
    const isKnown = ["online", "away", "offline"].includes(signal.status);
    if (!isKnown) util.error("unable to signal; there is no such status", "protocol/malformed");
    return { conversationId, payload: { type: "presence", userId, status: signal.status } };
  }
  if (signal.type !== "typing") util.error("unable to signal; there is no such signal", "protocol/malformed");
  const payload = { type: "typing", conversationId, userId, active: signal.active === true };
  // Without its conversation it fits no subscription.
  return JSON.parse(meta.doc).settings.typing ? { conversationId, payload } : { payload };
}
