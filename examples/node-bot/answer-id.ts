import { createHmac } from "node:crypto";

/**
 * The id of the answer to a question: the same for the same question, so a bot that was killed and no longer knows whether
 * it has answered answers again, and the backend takes it for what it is, the same answer (law D2).
 *
 * A UUID of version 7 with the question's time and, for the rest, a keyed hash: who does not have the secret cannot tell
 * the id beforehand, and take it away by using it first.
 */
export function answerIdOf(questionId: string, secret: string): string {
  const hash = createHmac("sha256", secret).update(questionId).digest("hex");
  const variant = (8 + (Number.parseInt(hash.charAt(3), 16) % 4)).toString(16);
  const time = questionId.slice(0, 13);
  return `${time}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}
