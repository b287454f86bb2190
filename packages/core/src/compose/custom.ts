import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { JsonObject } from "../base/json.ts";
import { type ErrorIssue, MessagingError } from "../errors/messaging-error.ts";
import type { ConversationRecord, MessageRecord } from "../protocol/records.ts";
import { type ComposeStep, issueOf, refuse } from "./pipeline.ts";

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
  const tell = (conversationId: string, what: string, wrong: Misfit): void => {
    if (told.has(conversationId)) return;
    if (told.size >= MOST_TOLD) told.clear();
    told.add(conversationId);
    const error = errorOf(`unable to read custom of ${what}`, wrong, conversationId);
    queueMicrotask(() => report(error)); // a listener may draw, and this may be asked for while drawing
  };
  return {
    message: reader(
      schemas.message,
      ({ custom: _custom, ...rest }) => rest,
      ({ conversationId, id }, wrong) => tell(conversationId, `message ${id}`, wrong),
    ),
    conversation: reader(
      schemas.conversation,
      ({ custom: _custom, ...rest }) => rest,
      ({ conversationId }, wrong) => tell(conversationId, `conversation ${conversationId}`, wrong),
    ),
  };
}

/** The step that refuses a draft whose `custom` does not fit. It looks, and changes nothing: what is given is sent. */
export function conform(schema: Schema | undefined): ComposeStep {
  return {
    name: "schema",
    run(draft) {
      const wrong = misfitOf(schema, draft.custom);
      return wrong ? { ...refuse(...wrong.issues), cause: wrong.cause } : draft;
    },
  };
}

/** @throws {MessagingError} `custom/invalid` */
export function requireFit(schema: Schema | undefined, custom: JsonObject | undefined): void {
  const wrong = misfitOf(schema, custom);
  if (wrong) throw errorOf("unable to change the conversation", wrong);
}

type Schema = StandardSchemaV1<unknown, JsonObject>;

/** Why `custom` does not fit. */
interface Misfit {
  readonly issues: readonly ErrorIssue[];
  /** What the schema threw. */
  readonly cause?: unknown;
}

function misfitOf(schema: Schema | undefined, custom: JsonObject | undefined): Misfit | undefined {
  if (!schema || custom === undefined) return undefined;
  const checked = check(schema, custom);
  return "issues" in checked ? checked : undefined;
}

function reader<T extends MessageRecord | ConversationRecord>(
  schema: Schema | undefined,
  without: (record: T) => T,
  onMisfit: (record: T, wrong: Misfit) => void,
): (record: T) => T {
  const read = new WeakMap<T, T>();
  return (record) => {
    const { custom } = record;
    if (!schema || custom === undefined) return record;
    let shown = read.get(record);
    if (!shown) {
      const checked = check(schema, custom);
      shown = "issues" in checked ? without(record) : { ...record, custom: checked.value };
      read.set(record, shown);
      if ("issues" in checked) onMisfit(record, checked);
    }
    return shown;
  };
}

/** Never throws: a schema is the app's own code. One that answers later cannot say what to show now. */
function check(schema: Schema, custom: JsonObject): { readonly value: JsonObject } | Misfit {
  try {
    const result = schema["~standard"].validate(custom);
    if (!(result instanceof Promise)) {
      return result.issues ? { issues: result.issues.slice(0, MOST_ISSUES).map(fromSchema) } : result;
    }
    result.catch(() => {});
    return { issues: [issueFor("the schema answers with a promise; it has to answer at once")] };
  } catch (cause) {
    return { issues: [issueFor("the schema threw")], cause };
  }
}

function fromSchema({ message, path = [] }: StandardSchemaV1.Issue): ErrorIssue {
  const keys = path.map((part) => (typeof part === "object" ? part.key : part));
  return issueFor(
    message,
    keys.map((key) => (typeof key === "number" ? key : String(key))),
  );
}

function issueFor(message: string, path: readonly (string | number)[] = []): ErrorIssue {
  return {
    ...issueOf("custom/invalid", `Correct ${["custom", ...path].join(".")}.`, "custom"),
    message,
    path,
  };
}

function errorOf(failure: string, { issues, cause }: Misfit, conversationId?: string): MessagingError {
  const reasons = issues.map(({ message, path = [] }) => `${["custom", ...path].join(".")}: ${message}`);
  return new MessagingError("custom/invalid", {
    ...{ message: `${failure}; ${reasons.join("; ")}`, issues, conversationId },
    ...(cause !== undefined && { cause }),
  });
}
