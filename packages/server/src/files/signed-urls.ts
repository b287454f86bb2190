import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Signs addresses, so that whoever has one may do what it says until it expires, and nothing else. */
export interface Signer {
  /** @param address - with everything that is to hold of the request as its query. */
  sign(method: string, address: URL, expiresAt: number): string;
  /** Is it signed, and not too old? @param now - ms. */
  isSigned(method: string, address: URL, now: number): boolean;
}

/** HMAC-SHA256 over method, path and query in the order of names, each on a line of its own. */
export function createSigner(secret: string | Uint8Array): Signer {
  const signatureOf = (method: string, { pathname, searchParams }: URL): string => {
    const query = new URLSearchParams(searchParams);
    query.delete("signature");
    query.sort();
    return createHmac("sha256", secret).update(`${method}\n${pathname}\n${query}`).digest("base64url");
  };
  return {
    sign(method, address, expiresAt) {
      const signed = new URL(address);
      signed.searchParams.set("expires", String(expiresAt));
      signed.searchParams.set("signature", signatureOf(method, signed));
      return signed.href;
    },
    isSigned(method, address, now) {
      const given = Buffer.from(address.searchParams.get("signature") ?? "");
      const right = Buffer.from(signatureOf(method, address));
      const isRight = given.length === right.length && timingSafeEqual(given, right);
      return isRight && Number(address.searchParams.get("expires")) > now;
    },
  };
}

/** Not the secret of tokens itself, so that neither says anything of the other. @param secret - undefined: one that ends with this run. */
export function derivedKey(secret: string | undefined, purpose: string): Uint8Array {
  return secret === undefined ? randomBytes(32) : createHmac("sha256", secret).update(purpose).digest();
}
