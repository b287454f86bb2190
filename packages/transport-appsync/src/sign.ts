import { AwsV4Signer } from "aws4fetch";

/** What AWS gives to sign with, for a while or for good. */
export interface IamCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ToSign {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly region: string;
  readonly service: string;
  /** `20150830T123600Z`; now if absent. */
  readonly datetime?: string;
}

/** The request's headers with those of Signature Version 4; all are signed. `host` is the connection's to send. */
export async function signV4(toSign: ToSign, credentials: IamCredentials): Promise<Record<string, string>> {
  const { headers: given, ...rest } = toSign;
  const signer = new AwsV4Signer({ ...rest, ...credentials, headers: { ...given }, allHeaders: true });
  const { headers } = await signer.sign();
  headers.delete("host");
  return Object.fromEntries(headers);
}
