import { isMessagingError, MessagingError } from "@tidings/core";
import type { MessageVersion } from "@tidings/core/protocol";
import { useConnection, useConversation } from "@tidings/react";
import { useEffect, useState } from "react";

interface Versions {
  /** Undefined until they are here. */
  readonly versions: readonly MessageVersion[] | undefined;
  readonly error: MessagingError | undefined;
}

const nothing: Versions = { versions: undefined, error: undefined };

/**
 * What a message said before, oldest first; asked for again when it is edited once more, and after a break.
 *
 * @param version - of the message now.
 */
export function useVersions(
  conversationId: string,
  messageId: string,
  version: number | undefined,
): Versions {
  const { versions } = useConversation(conversationId);
  const { name } = useConnection();
  const [state, setState] = useState(nothing);
  useEffect(() => {
    let isShown = true;
    versions(messageId).then(
      (found) => isShown && setState({ versions: found, error: undefined }),
      (cause: unknown) => {
        const error = isMessagingError(cause) ? cause : new MessagingError("client/unknown", { cause });
        if (isShown) setState((before) => (before.versions ? before : { versions: undefined, error }));
      },
    );
    return () => void (isShown = false);
  }, [versions, messageId, version, name]);
  return state;
}
