import { MessagingProvider } from "@tidings/react";
import { Broken } from "./components/broken.tsx";
import { Door } from "./components/door.tsx";
import { ErrorBoundary } from "./components/error-boundary.tsx";
import { Shell } from "./components/shell.tsx";
import { ToastProvider } from "./components/toasts.tsx";
import type { Session } from "./session.ts";
import { TextsProvider } from "./texts/use-texts.tsx";

/** Everything that needs no person yet, then the chat. */
export function App({ session }: { readonly session: Session | undefined }) {
  return (
    <TextsProvider>
      <ErrorBoundary fallback={<Broken />}>
        {session ? (
          <MessagingProvider client={session.client}>
            <ToastProvider>
              <Shell session={session} />
            </ToastProvider>
          </MessagingProvider>
        ) : (
          <Door />
        )}
      </ErrorBoundary>
    </TextsProvider>
  );
}
