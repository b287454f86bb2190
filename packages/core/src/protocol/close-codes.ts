import type { ErrorCode } from "../errors/codes.ts";

/**
 * Why a WebSocket was closed. Numbers from 4000 are ours (RFC 6455, section 7.4.2); each stands for an error code,
 * whose registry entry says whether to come back.
 */
export const closeCodes: { readonly [closeCode: number]: ErrorCode } = {
  1001: "server/draining",
  1009: "protocol/too-large",
  1011: "server/internal",
  1012: "server/draining",
  1013: "server/full",
  4400: "protocol/malformed",
  4401: "auth/invalid",
  4402: "auth/required",
  4403: "auth/origin",
  4405: "protocol/hello",
  4406: "protocol/version",
  4408: "connection/timeout",
  4413: "protocol/too-large",
  4419: "auth/expired",
  4429: "protocol/busy",
  4500: "server/internal",
  4503: "server/draining",
  4508: "connection/slow",
  4509: "server/full",
};

/** The number to close with for `code`: ours where there is one. */
export function closeCodeOf(code: ErrorCode): number {
  const found = Object.keys(closeCodes)
    .map(Number)
    .findLast((number) => closeCodes[number] === code);
  return found ?? 4500;
}
