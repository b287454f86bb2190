import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonObject } from "../base/json.ts";
import type { ErrorIssue, MessagingError } from "../errors/messaging-error.ts";
import type { ConversationRecord, MessageRecord } from "../protocol/records.ts";
import { type ComposeStep, errorOf, issueOf, type Refusal, refuse } from "./pipeline.ts";

/**
 * What `custom` of messages and of conversations is, in the words of any library that speaks Standard Schema: zod,
 * valibot, arktype … A kind without a schema may have any JSON object. A record need not have `custom` at all.
 */
export interface CustomSchemas {
  readonly message?: StandardSchemaV1<object>;
  readonly conversation?: StandardSchemaV1<object>;
}

/** No schema, or one that takes plain JSON for what it is. */
export interface JsonCustom {
  readonly message?: StandardSchemaV1<object, JsonObject>;
  readonly conversation?: StandardSchemaV1<object, JsonObject>;
}

/** `custom` as it is read: what the schema makes of it. */
export type CustomOf<Schemas extends CustomSchemas, Kind extends keyof CustomSchemas> =
  Schemas extends Readonly<Record<Kind, infer Schema extends StandardSchemaV1>>
    ? StandardSchemaV1.InferOutput<Schema>
    : JsonObject;

/** `custom` as it is given, sent and stored: what the schema takes. */
export type CustomInputOf<Schemas extends CustomSchemas, Kind extends keyof CustomSchemas> =
  Schemas extends Readonly<Record<Kind, infer Schema extends StandardSchemaV1>>
    ? StandardSchemaV1.InferInput<Schema>
    : JsonObject;

/** Records as the app reads them. The same object for the same record. */
export interface Reading {
  message(record: MessageRecord): MessageRecord;
  conversation(record: ConversationRecord): ConversationRecord;
}

/** Without a schema: records as they are. */
export const plainly: Reading = { message: (record) => record, conversation: (record) => record };

/** Conversations of which it is remembered that their misfits have been told, and things told to be wrong at once (D9). */
const MOST_TOLD = 1_000;
const MOST_ISSUES = 8;

type Schema = StandardSchemaV1<unknown, JsonObject>;

/**
 * Reads `custom` by schema. Others write it, and so did earlier versions of the app: what does not fit is left out, and
 * told once per conversation.
 */
export function readCustom(
  schemas: JsonCustom | undefined,
  report: (error: MessagingError) => void,
): Reading {
  if (!schemas) return plainly;
  const told = new Set<string>();
  const tell = (conversationId: string, refusal: Refusal): void => {
    if (told.has(conversationId)) return;
    if (told.size >= MOST_TOLD) told.clear();
    told.add(conversationId);
    // Later: a listener may draw, and this may be asked for while drawing.
    queueMicrotask(() => report(errorOf(refusal, "read what came", conversationId)));
  };
  const reader = <T extends MessageRecord | ConversationRecord>(
    schema: Schema | undefined,
    without: (record: T) => T,
  ): ((record: T) => T) => {
    const read = new WeakMap<T, T>();
    return (record) => {
      const { custom, conversationId } = record;
      if (!schema || !custom) return record;
      let shown = read.get(record);
      if (!shown) {
        const checked = check(schema, custom);
        shown = "code" in checked ? without(record) : { ...record, custom: checked.value };
        read.set(record, shown);
        if ("code" in checked) tell(conversationId, checked);
      }
      return shown;
    };
  };
  return {
    message: reader(schemas.message, ({ custom: _custom, ...rest }) => rest),
    conversation: reader(schemas.conversation, ({ custom: _custom, ...rest }) => rest),
  };
}

/** Why `custom` may not be sent. It is looked at, and not changed: what is given is sent. */
export function misfitOf(schema: Schema | undefined, custom: JsonObject | undefined): Refusal | undefined {
  const checked = schema && custom && check(schema, custom);
  return checked && "code" in checked ? checked : undefined;
}

/** The step that refuses a draft whose `custom` does not fit. */
export function conform(schema: Schema | undefined): ComposeStep {
  return { name: "schema", run: (draft) => misfitOf(schema, draft.custom) ?? draft };
}

/** Never throws: a schema is the app's own code. One that answers later cannot say what to show now. */
function check(schema: Schema, custom: JsonObject): { readonly value: JsonObject } | Refusal {
  try {
    const result = schema["~standard"].validate(custom);
    if (!(result instanceof Promise)) {
      return result.issues ? refuse(...result.issues.slice(0, MOST_ISSUES).map(issueFor)) : result;
    }
    result.catch(() => {});
    return refuse(issueFor({ message: "The schema has to answer at once." }));
  } catch (cause) {
    return { ...refuse(issueFor({ message: "The schema threw." })), cause };
  }
}

function issueFor({ message, path: way = [] }: StandardSchemaV1.Issue): ErrorIssue {
  const path = way.map((part) => String(typeof part === "object" ? part.key : part));
  const suggestion = `Correct ${["custom", ...path].join(".")}.`;
  return { ...issueOf("custom/invalid", suggestion, "custom"), message, path };
}
