import { describe, expect, it } from "vitest";
import { codeOf, errorOf, faultsIn } from "./faults.ts";
import { readHeard } from "./heard.ts";

const read = (frame: unknown): unknown => readHeard(JSON.stringify(frame));

describe("what AppSync says", () => {
  it("is read in the dialect of GraphQL and in that of the Events API", () => {
    expect(read({ type: "connection_ack", payload: { connectionTimeoutMs: 9 } })).toEqual({ type: "ready", timeoutMs: 9 });
    expect(read({ type: "connection_ack", connectionTimeoutMs: 8 })).toEqual({ type: "ready", timeoutMs: 8 });
    expect(read({ type: "connection_ack", payload: { connectionTimeout: 7 } })).toEqual({ type: "ready", timeoutMs: 300_000 });
    expect(read({ type: "ka" })).toEqual({ type: "alive" });
    expect(read({ type: "start_ack", id: "1" })).toEqual({ type: "started", id: "1" });
    expect(read({ type: "subscribe_success", id: "1" })).toEqual({ type: "started", id: "1" });
    expect(read({ type: "data", id: "1", payload: { data: { a: 1 } } })).toEqual({ type: "data", id: "1", data: { a: 1 } });
    expect(read({ type: "data", id: "1", event: '"x"' })).toEqual({ type: "data", id: "1", data: '"x"' });
    expect(read({ type: "complete", id: "1" })).toEqual({ type: "complete", id: "1" });
    expect(read({ type: "news", id: "1" })).toEqual({ type: "alive" });
    expect([readHeard("no JSON"), readHeard("null"), readHeard(new ArrayBuffer(1))]).toEqual([undefined, undefined, undefined]);
  }); // prettier-ignore

  it("may hold errors as a list or as one object, under payload or not, with an id or without", () => {
    const fault = { errorType: "LimitExceededError", message: "Rate limit exceeded" };
    const refused = (id?: string) => ({ type: "refused", id, faults: [fault] });
    expect(read({ type: "error", payload: { errors: [fault] } })).toEqual(refused());
    expect(read({ type: "error", id: "1", payload: { errors: fault } })).toEqual(refused("1"));
    expect(read({ type: "subscribe_error", id: "1", errors: [fault] })).toEqual(refused("1"));
    expect(read({ type: "connection_error", payload: {} })).toEqual({ ...refused(), faults: [] });
    const [unnamed] = faultsIn([{ errorCode: 401 }]);
    expect(unnamed).toMatchObject({ errorType: "401", message: "no reason was given" });
  });

  it("means one of our codes", () => {
    const meant = [
      ["conversation/not-found", "", "conversation/not-found"],
      ["UnauthorizedException", "Token has expired.", "auth/expired"],
      ["UnauthorizedException", "Valid authorization header not provided.", "auth/invalid"],
      ["401", "", "auth/invalid"],
      ["Unauthorized", "Not Authorized to access onEvent", "permission/denied"],
      ["MaxSubscriptionsReachedError", "Max number of 100 subscriptions reached", "protocol/busy"],
      ["LimitExceededError", "Rate limit exceeded", "server/unavailable"],
      ["ExecutionTimeout", "", "server/unavailable"],
      ["DynamoDB:ProvisionedThroughputExceededException", "", "server/unavailable"],
      ["DynamoDB:ConditionalCheckFailedException", "", "server/internal"],
      ["Lambda:Unhandled", "", "server/internal"],
      ["InternalFailure", "", "server/internal"],
      ["ValidationError", "Field 'x' is undefined", "protocol/malformed"],
      ["UnsupportedOperation", "", "protocol/malformed"],
      ["HttpNotFoundException", "", "protocol/malformed"],
      ["NeverHeardOf", "", "client/unknown"],
    ];
    for (const [errorType = "", message = "", code] of meant)
      expect(codeOf({ errorType, message })).toBe(code);
  });

  it("says what a resolver of ours says about trying again", () => {
    const errorInfo = { retryable: false, retryAfterMs: 250 };
    const error = errorOf(faultsIn({ errorType: "rate/limited", message: "slow down", errorInfo }), "send");
    expect(error).toMatchObject({ code: "rate/limited", retryable: false, retryAfterMs: 250 });
    expect(error.message).toBe('unable to send; AppSync said "rate/limited": slow down');
    expect(errorOf([], "send").code).toBe("client/unknown");
  });
});
