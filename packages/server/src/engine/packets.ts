import { entryOf, type ErrorCode } from "@tidings/core/errors";
import type { Ack, Change, Receipt, ServerFrame } from "@tidings/core/protocol";
import type { Refusal } from "../store/store.ts";
import type { Packet } from "./frame-list.ts";

export function packetOf(frame: ServerFrame): Packet {
  return { text: JSON.stringify(frame) };
}

/** A change goes into an ack and into many pushes, and is serialised once for all of them. */
const changeTexts = new WeakMap<Change, string>();

function changeText(change: Change): string {
  let text = changeTexts.get(change);
  if (text === undefined) {
    text = JSON.stringify(change);
    changeTexts.set(change, text);
  }
  return text;
}

export function changePacket(change: Change): Packet {
  return { text: `{"type":"change","change":${changeText(change)}}` };
}

export function ackPacket(id: number, { commandId, changes, receipt }: Ack): Packet {
  const tail = receipt ? `,"receipt":${JSON.stringify(receipt)}` : "";
  const list = changes.map(changeText).join(",");
  return {
    text: `{"type":"ack","id":${id},"ack":{"commandId":"${commandId}","changes":[${list}]${tail}}}`,
  };
}

export function receiptPacket(receipt: Receipt): Packet {
  return packetOf({ type: "receipt", receipt });
}

/** @param expected - of the lane, with a passing refusal of a submit that had a number. */
export function rejectPacket(id: number, refusal: Refusal, expected?: number): Packet {
  const { code, message, retryAfterMs } = refusal;
  return packetOf({
    type: "reject",
    id,
    code,
    retryable: isRetryable(refusal),
    message,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(expected !== undefined && { expected }),
  });
}

export function isRetryable({ code, retryable }: Refusal): boolean {
  return retryable ?? entryOf(code).retryable;
}

export function refuse(code: ErrorCode, message: string, retryAfterMs?: number): Refusal {
  return { ok: false, code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
