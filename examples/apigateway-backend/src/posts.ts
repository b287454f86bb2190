import { AwsClient } from "aws4fetch";

/** How a connection is spoken to, from wherever. */
export interface Posts {
  /** @returns false if it has gone (410). */
  post(connectionId: string, text: string): Promise<boolean>;
  end(connectionId: string): Promise<void>;
}

export interface ManagementOptions {
  /** `https://<id>.execute-api.<region>.amazonaws.com/<stage>` */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: () => {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

const GONE = 410;
const NOT_FOUND = 404;

/** `@connections`, the management API. What is throttled or fails is tried again, three times. */
export function managementPosts({ endpoint, region, credentials }: ManagementOptions): Posts {
  const ask = async (method: "POST" | "DELETE", connectionId: string, body?: string): Promise<number> => {
    const client = new AwsClient({ ...credentials(), region, service: "execute-api", retries: 3 });
    const url = `${endpoint}/@connections/${encodeURIComponent(connectionId)}`;
    const response = await client.fetch(url, { method, ...(body !== undefined && { body }) });
    await response.arrayBuffer(); // lets the socket be used again
    return response.status;
  };
  return {
    async post(connectionId, text) {
      const status = await ask("POST", connectionId, text);
      if (status >= 400 && status !== GONE) throw new Error(`unable to post; ${status}`);
      return status !== GONE;
    },
    async end(connectionId) {
      const status = await ask("DELETE", connectionId);
      if (status >= 400 && status !== GONE && status !== NOT_FOUND)
        throw new Error(`unable to end a connection; ${status}`);
    },
  };
}
