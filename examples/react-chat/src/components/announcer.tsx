import { openBlocks } from "@tidings/core/bindings";
import { useClient } from "@tidings/react";
import { useEffect, useState } from "react";
import { nameOf, textOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";

/**
 * Reads new messages of the open conversation out. The list itself is no live region: a virtual list mounts and unmounts
 * rows while one scrolls, and all of them would be read.
 */
export function Announcer({ conversationId }: { readonly conversationId: string }) {
  const { t } = useTexts();
  const client = useClient();
  const [news, setNews] = useState({ id: "", text: "" });
  useEffect(
    () =>
      client.on("message", (message) => {
        if (message.conversationId !== conversationId) return;
        if (openBlocks(client).userIds.get().has(message.authorId)) return;
        setNews({ id: message.id, text: t.saysText(nameOf(message.authorId), textOf(message)) });
      }),
    [client, conversationId, t],
  );
  return (
    <div className="unseen" role="status" data-announcer>
      {/* Another element for each: the same words said twice are read out twice. */}
      <p key={news.id}>{news.text}</p>
    </div>
  );
}
