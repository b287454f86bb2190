/** What only the server knows: where messaging is, and the secret it shares with us. */
import process from "node:process";
import { SignJWT } from "jose";

export function messagingUrl(): string {
  return process.env["MESSAGING_URL"] ?? "ws://127.0.0.1:8787";
}

/** A real site knows its visitors by a session; this one believes what the address says. */
export function userOf(parameter: string | readonly string[] | null | undefined): string {
  return typeof parameter === "string" && parameter !== "" ? parameter : "ada";
}

/** With which a user opens a link, for ten minutes; the client asks again when it ends. */
export function tokenFor(userId: string): Promise<string> {
  const secret = new TextEncoder().encode(process.env["TIDINGS_SECRET"]);
  return new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(userId)
    .setIssuer("tidings")
    .setAudience("tidings")
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(secret);
}
