import { AwsClient } from "aws4fetch";
import type { IamCredentials } from "../sign.ts";

/** Asks DynamoDB for one operation, by the name AWS gives it. Rejects if there is no answer. */
export type DynamoSend = (operation: string, body: object) => Promise<DynamoReply>;

export interface DynamoReply {
  readonly ok: boolean;
  /** The answer, or the refusal, as JSON has it. */
  readonly body: unknown;
}

export interface SignedSendOptions {
  readonly region: string;
  /** Asked for each request. */
  readonly credentials: () => IamCredentials;
  /** Another than AWS's own. */
  readonly endpoint?: string;
}

/** DynamoDB over `fetch`, signed. A request that failed on its way is made again, three times. */
export function signedSend({ region, credentials, endpoint }: SignedSendOptions): DynamoSend {
  const url = endpoint ?? `https://dynamodb.${region}.amazonaws.com`;
  return async (operation, body) => {
    const client = new AwsClient({ ...credentials(), region, service: "dynamodb", retries: 3 });
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
    };
    const response = await client.fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    return { ok: response.ok, body: await response.json() };
  };
}
