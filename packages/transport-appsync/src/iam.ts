/** Signatures for AppSync APIs with IAM. A door of its own: only who signs ships the signer. */
import type { SignRequest } from "./credentials.ts";
import { type IamCredentials, signV4 } from "./sign.ts";

export type { IamCredentials };

export interface IamSignerOptions {
  readonly region: string;
  /** Asked for each signature, so that they may be renewed at any time. */
  readonly credentials: () => IamCredentials | Promise<IamCredentials>;
}

/** What AppSync reads of every signed request. */
const FIXED = {
  accept: "application/json, text/javascript",
  "content-encoding": "amz-1.0",
  "content-type": "application/json; charset=UTF-8",
};

/**
 * Signs requests and subscriptions by AWS's Signature Version 4.
 *
 * @example
 * const auth = { sign: iamSigner({ region: "eu-west-1", credentials: () => fetchCredentials() }) };
 */
export function iamSigner({
  region,
  credentials,
}: IamSignerOptions): (request: SignRequest) => Promise<Record<string, string>> {
  return async ({ url, body }) => {
    const toSign = { url, body, region, service: "appsync", method: "POST", headers: FIXED };
    return signV4(toSign, await credentials());
  };
}
