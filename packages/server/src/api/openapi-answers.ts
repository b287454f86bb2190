import type { Fields, JsonSchema } from "./wire-schemas.ts";

export const lines: object = { "application/x-ndjson": { schema: { type: "string" } } };
export const tokenFields: Fields = { properties: { expiresInMs: { type: "integer" } }, required: [] };
export const tokenAnswer: JsonSchema = {
  type: "object",
  properties: { token: { type: "string" } },
  required: ["token"],
};
const listOf = (properties: Record<string, JsonSchema>, required: string[]): JsonSchema => ({
  type: "array",
  items: { type: "object", properties, required },
});
const name: JsonSchema = { type: "string" };
const time: JsonSchema = { type: "integer" };
const entry = { at: time, actorId: name, action: name, subject: name, conversationId: name, detail: name };
export const auditAnswer: JsonSchema = {
  type: "object",
  properties: { items: listOf(entry, ["at", "actorId", "action"]), next: name },
  required: ["items"],
};
const flag: Record<string, JsonSchema> = {
  source: name,
  reason: name,
  score: { type: "number" },
  at: time,
  said: { type: "object" },
};
const caseFields: Record<string, JsonSchema> = {
  ...{ id: name, conversationId: name, messageId: name, userId: name, status: name, openedAt: time },
  ...{ urgency: time, reports: time, flags: listOf(flag, ["source", "reason", "at"]), appeal: name },
  revision: time,
  ...{ decidedBy: name, decidedAt: time, message: { type: "object" }, said: { type: "object" } },
};
const caseRequired = [
  ...["id", "conversationId", "userId", "status", "openedAt", "urgency", "reports", "flags", "revision"],
];
export const caseAnswer: JsonSchema = { type: "object", properties: caseFields, required: caseRequired };
export const casesAnswer: JsonSchema = {
  type: "object",
  properties: { items: listOf(caseFields, caseRequired), next: name },
  required: ["items"],
};
const amount: JsonSchema = { type: "integer" };
const measured = { messages: amount, people: amount, reactions: amount, medianResponseMs: amount };
export const figuresAnswer: JsonSchema = {
  type: "object",
  properties: {
    days: { type: "array", items: { type: "object", properties: { day: { type: "string" }, ...measured } } },
    total: { type: "object", properties: measured },
    truncated: { type: "boolean" },
  },
  required: ["days", "total"],
};
export const pushKeyAnswer: JsonSchema = {
  type: "object",
  properties: { publicKey: { type: "string" } },
  required: ["publicKey"],
};
export const devicesAnswer: JsonSchema = {
  type: "object",
  properties: { items: listOf({ deviceId: name, origin: name, at: time }, ["deviceId", "origin", "at"]) },
  required: ["items"],
};
export const problemSchema: JsonSchema = {
  type: "object",
  properties: {
    ...{ type: { type: "string" }, title: { type: "string" }, status: { type: "integer" } },
    ...{ detail: { type: "string" }, code: { type: "string" }, retryable: { type: "boolean" } },
    retryAfterMs: { type: "integer" },
  },
  required: ["type", "title", "status", "detail", "code", "retryable"],
};
