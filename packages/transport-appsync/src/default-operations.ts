import type { LinkEvent } from "@tidings/core";
import { type Ack, parseServerFrames, type ServerFrame } from "@tidings/core/protocol";
import type { AppSyncOperations, GraphQlRequest } from "./operations.ts";

/**
 * What every mutation selects, whatever the version of the app: subscribers get no field that the sender has left out.
 * The content is one field, so that nobody can leave out a part of it that they have never heard of. Written out: that
 * is smaller, once compressed, than what would put them together.
 */
const documents = {
  welcome: "query($clientId:ID!){welcome(clientId:$clientId)}",
  heads: "{heads}",
  ask: "query($query:AWSJSON!){ask(query:$query)}",
  submit:
    "mutation($conversationId:ID!$commandId:ID!$command:AWSJSON!){submit(conversationId:$conversationId commandId:$commandId command:$command){conversationId rev audience payload}}",
  signal:
    "mutation($conversationId:ID!$signal:AWSJSON!){signal(conversationId:$conversationId signal:$signal){conversationId payload}}",
  onEvent:
    "subscription($conversationId:ID!){onEvent(conversationId:$conversationId){conversationId rev audience payload}}",
  onInbox: "subscription($userId:ID!){onInbox(userId:$userId){conversationId rev audience payload}}",
  onSignal:
    "subscription($conversationId:ID!){onSignal(conversationId:$conversationId){conversationId payload}}",
};

/** Those of the schema in `backend/schema.graphql`. */
export const defaultOperations: AppSyncOperations = {
  welcome: {
    put: ({ clientId }) => ({ query: documents.welcome, variables: { clientId } }),
    read(data) {
      const frame = readFrame("welcome", "welcome", fieldOf(data, "welcome"));
      return frame?.type === "welcome" ? frame.welcome : undefined;
    },
  },
  heads: {
    put: () => ({ query: documents.heads }),
    read(data) {
      const frame = readFrame("pong", "heads", fieldOf(data, "heads"));
      return frame?.type === "pong" ? frame.heads : undefined;
    },
  },
  submit: {
    put: (command) => {
      const { conversationId, commandId } = command;
      const variables = { conversationId, commandId, command: JSON.stringify(command) };
      return { query: documents.submit, variables };
    },
    read: (data) => readAck(fieldOf(data, "submit")),
  },
  query: {
    put: (query) => ({ query: documents.ask, variables: { query: JSON.stringify(query) } }),
    read: (data) => readJson(fieldOf(data, "ask")),
  },
  heard: {
    put: (conversationId) => within(documents.onEvent, conversationId),
    read: (data) => eventsOf(readAck(fieldOf(data, "onEvent"))),
  },
  inbox: {
    put: ({ userId }) => ({ query: documents.onInbox, variables: { userId } }),
    read: (data) => eventsOf(readAck(fieldOf(data, "onInbox"))),
  },
  signals: {
    send: {
      put: ({ conversationId, signal }) => ({
        query: documents.signal,
        variables: { conversationId, signal: JSON.stringify(signal) },
      }),
      read: (data) => data,
    },
    heard: {
      put: (conversationId) => within(documents.onSignal, conversationId),
      read: (data) => readSignal(fieldOf(fieldOf(data, "onSignal"), "payload")),
    },
  },
};

/** An event with a signal, given as JSON. */
export function readSignal(payload: unknown): readonly LinkEvent[] | undefined {
  const frame = readFrame("signal", "signal", payload);
  return frame?.type === "signal" ? [frame] : undefined;
}

function within(query: string, conversationId: string): GraphQlRequest {
  return { query, variables: { conversationId } };
}

function readAck(event: unknown): Ack | undefined {
  const frame = readFrame("ack", "ack", fieldOf(event, "payload"));
  return frame?.type === "ack" ? frame.ack : undefined;
}

/** To others, what a command has come to is what they hear of it. */
function eventsOf(ack: Ack | undefined): readonly LinkEvent[] | undefined {
  if (!ack) return undefined;
  const { changes, receipt } = ack;
  const events: LinkEvent[] = changes.map((change) => ({ type: "change", change }));
  return receipt ? [...events, { type: "receipt", receipt }] : events;
}

/** The parsers of core take frames: whatever the payload holds, what comes back has the frame's shape. */
function readFrame(type: string, field: string, payload: unknown): ServerFrame | undefined {
  const parsed = parseServerFrames(`{"type":"${type}","id":0,"n":0,"${field}":${String(payload)}}`);
  return parsed.ok ? parsed.frames[0] : undefined;
}

function readJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text)) ?? undefined; // `null` where it was refused
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  const fields: Readonly<Record<string, unknown>> = Object(value);
  return fields[name];
}
