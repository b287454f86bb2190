import { MessagingError } from "@tidings/core/errors";
import type { Identity } from "@tidings/core/memory";
import type { Command, SendMessage } from "@tidings/core/protocol";

let minted = 0;

/** An id that no other command has. */
export function newId(): string {
  minted += 1;
  return `019b796d-d600-7000-8000-${String(minted).padStart(12, "0")}`;
}

export function say(text: string, conversationId = "general"): SendMessage {
  return {
    ...{ type: "message.send", commandId: newId(), conversationId, at: 0 },
    ...{ kind: "text", content: { text } },
  };
}

export function mark(readSeq: number, conversationId = "general"): Command {
  return { type: "receipt.mark", commandId: newId(), conversationId, at: 0, readSeq };
}

/** A token is the user's name; "old" has expired, and "forged" is nobody's. */
export function authenticate(token: string): Identity {
  if (token === "old") throw new MessagingError("auth/expired");
  if (token === "forged") throw new MessagingError("auth/invalid");
  return { userId: token, expiresInMs: 3_600_000 };
}
