/** The wire as JSON Schema (draft 2020-12), made from the zod schemas that parse it. */
import * as z from "zod";
import { allErrorCodes, entryOf } from "../../src/errors/codes.ts";
import { ack, change, head } from "../../src/protocol/changes.ts";
import { closeCodes } from "../../src/protocol/close-codes.ts";
import { command } from "../../src/protocol/commands.ts";
import { clientFrame, serverFrame } from "../../src/protocol/frames.ts";
import { policy } from "../../src/protocol/policy-schema.ts";
import { query, queryResults } from "../../src/protocol/queries.ts";
import { receipt } from "../../src/protocol/receipts.ts";
import {
  conversationRecord,
  emoji,
  messageContent,
  messageRecord,
  messageVersion,
  participantRecord,
} from "../../src/protocol/record-schemas.ts";
import { count, custom, id, type Schema, uuid } from "../../src/protocol/schema.ts";
import { CUSTOM_DEPTH, CUSTOM_NODES, MOST_FRAMES } from "../../src/protocol/bounds.ts";
import { signal, signalEvent } from "../../src/protocol/signals.ts";
import { PROTOCOL_VERSION } from "../../src/protocol/version.ts";

/** What gets a name under `$defs` instead of being spelled out wherever it is used. */
const names = z.registry<{ id: string; description?: string }>();
names.add(id, { id: "Id" });
names.add(uuid, { id: "Uuid", description: "A UUID of version 7, in lower case." });
names.add(count, { id: "Count" });
names.add(emoji, { id: "Emoji" });
names.add(custom, {
  id: "Custom",
  description:
    `At most ${CUSTOM_DEPTH} levels deep and ${CUSTOM_NODES} values in all; no key "__proto__"; ` +
    "no NUL and no half of a surrogate pair in any text.",
});
names.add(messageContent, { id: "MessageContent" });
names.add(conversationRecord, { id: "ConversationRecord" });
names.add(participantRecord, { id: "ParticipantRecord" });
names.add(messageRecord, { id: "MessageRecord" });
names.add(messageVersion, { id: "MessageVersion" });
names.add(command, { id: "Command" });
names.add(query, { id: "Query" });
names.add(change, { id: "Change" });
names.add(ack, { id: "Ack" });
names.add(head, { id: "Head" });
names.add(receipt, { id: "Receipt" });
names.add(policy, { id: "Policy" });
names.add(signal, { id: "Signal" });
names.add(signalEvent, { id: "SignalEvent" });

function schemaOf(schema: Schema<unknown>): object {
  return z.toJSONSchema(schema, {
    metadata: names,
    io: "input", // unknown fields are allowed, and dropped
    unrepresentable: ({ zodSchema }) => (Object.is(zodSchema, custom) ? { type: "object" } : "throw"),
  });
}

/** Everything two sides must agree on. If this changes, so must `PROTOCOL_VERSION`. */
interface WholeWire {
  readonly clientFrame: object;
  readonly serverFrame: object;
  readonly queryResults: object;
  readonly closeCodes: object;
  readonly mostFrames: number;
}

export const wire: WholeWire = {
  clientFrame: schemaOf(clientFrame),
  serverFrame: schemaOf(serverFrame),
  queryResults: schemaOf(z.object(queryResults)),
  closeCodes: closeCodes,
  mostFrames: MOST_FRAMES,
};

function titled(title: string, description: string, schema: object): object {
  return { ...schema, title: `${title}, protocol version ${PROTOCOL_VERSION}`, description };
}

/** The files of `docs/schemas`. */
export const schemaFiles: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  [
    "docs/schemas/client-frame.schema.json",
    titled("Client frame", "What a client may send.", wire.clientFrame),
  ],
  [
    "docs/schemas/server-frame.schema.json",
    titled("Server frame", "What a server may send.", wire.serverFrame),
  ],
  [
    "docs/schemas/query-results.schema.json",
    titled("Query results", "Under each type of query, the result that answers it.", wire.queryResults),
  ],
  ["docs/schemas/close-codes.json", closeCodes],
  ["docs/schemas/error-codes.json", Object.fromEntries(allErrorCodes().map((code) => [code, entryOf(code)]))],
]);
