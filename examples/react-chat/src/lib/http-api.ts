import { MessagingError } from "@tidings/core";
import { type ErrorCode, isErrorCode } from "@tidings/core/errors";
import { createContext, useContext } from "react";

/** Asks the HTTP API of the server this page is from. Rejects with a `MessagingError`: the server's, or that it is out of reach. */
export type AskApi = (path: string) => Promise<Response>;

export const ApiContext = createContext<AskApi>(() => Promise.reject(new MessagingError("auth/required")));

/** Whatever else asks the server says so who one is. */
export const AuthContext = createContext<() => string>(() => "");

export function useApi(): AskApi {
  return useContext(ApiContext);
}

/** @param auth - as the client has it. */
export function createApi(auth: () => string): AskApi {
  return async (path) => {
    const headers = { authorization: `Bearer ${auth()}` };
    const response = await fetch(path, { headers }).catch((cause: unknown) => {
      throw new MessagingError("connection/offline", { cause });
    });
    if (!response.ok) throw new MessagingError(codeOf(await response.json().catch(() => undefined)));
    return response;
  };
}

/** What is no answer of the server's own comes from where there is no such API. */
function codeOf(problem: unknown): ErrorCode {
  const isProblem = typeof problem === "object" && problem !== null && "code" in problem;
  return isProblem && isErrorCode(problem.code) ? problem.code : "command/unsupported";
}
