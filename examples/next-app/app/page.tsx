import type { ReactElement } from "react";
import { Chat } from "./chat.tsx";
import { messagingUrl, userOf } from "./messaging.ts";
import { newestPage } from "./newest-page.ts";

interface PageProps {
  readonly searchParams: Promise<{ readonly user?: string | string[] }>;
}

/** On the server, for each request: asking for `searchParams` keeps what one user may read out of any cache. */
export default async function Page({ searchParams }: PageProps): Promise<ReactElement> {
  const userId = userOf((await searchParams).user);
  const snapshot = await newestPage("general", userId);
  return (
    <Chat key={userId} conversationId="general" userId={userId} url={messagingUrl()} snapshot={snapshot} />
  );
}
