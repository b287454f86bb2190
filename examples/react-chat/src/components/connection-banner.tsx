import { useClient, useConnection, useOutbox } from "@tidings/react";
import { useSyncExternalStore } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { ErrorNote } from "./error-note.tsx";
import { Icon } from "./icon.tsx";
import { useAttempt } from "./toasts.tsx";
import "../styles/banner.css";

/** The truth about the connection and what waits for it; nothing while all is well. */
export function ConnectionBanner() {
  const { t } = useTexts();
  const client = useClient();
  const attempt = useAttempt();
  const { name, error, retryAtMs } = useConnection();
  const { waiting, failed, entries } = useOutbox();
  const seconds = useSecondsUntil(retryAtMs);

  if (name === "blocked" && error) {
    return (
      <div className="banner" data-kind="danger" role="alert">
        <Icon name="alert" />
        <ErrorNote error={error} />
        <button type="button" className="link" onClick={() => attempt(() => client.connect())}>
          {t.tryAgain}
        </button>
      </div>
    );
  }
  const isAway = name === "offline" || name === "waiting" || (name === "connecting" && error);
  if (!isAway && failed === 0) return null;
  const link = name === "offline" ? t.offline : t.waitingToConnect(seconds);
  return (
    <div className="banner" data-kind={failed > 0 ? "danger" : "quiet"} role="status">
      <Icon name={isAway ? "cable" : "alert"} />
      <span>
        {[
          isAway && link,
          isAway && waiting > 0 && t.outboxWaiting(waiting),
          failed > 0 && t.outboxFailed(failed),
        ]
          .filter(Boolean)
          .join(" · ")}
      </span>
      {name === "waiting" && (
        <button type="button" className="link" onClick={() => attempt(() => client.connect())}>
          {t.connectNow}
        </button>
      )}
      {failed > 0 && (
        <button
          type="button"
          className="link"
          onClick={() => {
            for (const { command, status } of entries)
              if (status === "failed") client.outbox.retry(command.commandId);
          }}
        >
          {t.tryAgain}
        </button>
      )}
    </div>
  );
}

/** Whole seconds, counted down while there is something to count. */
function useSecondsUntil(at: number | undefined): number {
  const read = (): number => (at === undefined ? 0 : Math.max(0, Math.ceil((at - Date.now()) / 1_000)));
  return useSyncExternalStore(everyHalfSecond, read);
}

function everyHalfSecond(notify: () => void): () => void {
  const timer = setInterval(notify, 500);
  return () => clearInterval(timer);
}
