import type { Engine } from "@tidings/server/testing";

type Identity = Awaited<ReturnType<ConstructorParameters<typeof Engine>[0]["authenticate"]>>;

/** Tokens read `ada` or `ada 1790000000000`: whom they speak for, and until when. */
export async function authenticate(token: string, now: number): Promise<Identity> {
  const [userId = "", until] = token.split(" ");
  if (userId === "nobody")
    return { ok: false, code: "auth/invalid", message: "unable to accept the link; nobody's token" };
  if (until === undefined) return { userId };
  const expiresAt = Number(until);
  if (expiresAt > now) return { userId, expiresAt };
  return { ok: false, code: "auth/expired", message: "unable to accept the link; the token has expired" };
}
