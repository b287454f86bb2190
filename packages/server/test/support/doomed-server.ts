import { defaultPolicy } from "@tidings/core/protocol";
import { createServer } from "../../src/index.ts";
import { openLibsqlStore, type Store } from "../../src/store/index.ts";

/**
 * A server in a process of its own that waits to be killed between commit and ack: `doomed-server.ts <database>
 * <secret>`. Once it was told `arm`, the next commit is made durable and its outcome is never given to the engine, which
 * so answers nobody; whoever started this is told `committed`.
 */
const [dataFile = "", secret = ""] = process.argv.slice(2);
let isArmed = false;

function doomed(store: Store): Store {
  return {
    epoch: store.epoch,
    async commit(items, admit) {
      const outcomes = await store.commit(items, admit);
      if (!isArmed) return outcomes;
      process.send?.("committed");
      return new Promise(() => {});
    },
    query: (readerId, query) => store.query(readerId, query),
    memberships: (userId) => store.memberships(userId),
    wasIn: (conversationId, userId) => store.wasIn(conversationId, userId),
    forgetAnswers: (before) => store.forgetAnswers(before),
    close: () => store.close(),
  };
}

process.on("disconnect", () => process.exit(1)); // whoever started us is gone
process.on("message", () => {
  isArmed = true;
  process.send?.("armed");
});
const store = doomed(openLibsqlStore({ file: dataFile }));
const server = await createServer({ port: 0, store, secret, policy: { ...defaultPolicy, rates: [] } });
process.send?.(server.url);
