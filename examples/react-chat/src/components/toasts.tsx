import { isMessagingError, type MessagingError } from "@tidings/core";
import { useClient } from "@tidings/react";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import { ErrorNote } from "./error-note.tsx";
import { Icon } from "./icon.tsx";
import "../styles/toasts.css";

interface Toast {
  readonly id: number;
  readonly error: MessagingError | string;
}

const ToastContext = createContext<(error: MessagingError | string) => void>(() => {});
/** Seen at once; the oldest makes room. */
const MOST_TOASTS = 3;

/** Shows what went wrong and belongs to nothing on the screen. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const { t } = useTexts();
  const client = useClient();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const nextId = useRef(0);
  const show = useCallback((error: MessagingError | string) => {
    const id = (nextId.current += 1);
    setToasts((before) => [...before.slice(1 - MOST_TOASTS), { id, error }]);
  }, []);
  const close = (id: number): void => setToasts((before) => before.filter((toast) => toast.id !== id));

  useEffect(() => {
    // A failed message stays where it was written, with its own buttons; a failed change of one was undone already.
    const ends = [
      client.on("error", (error) => {
        if (error.category !== "auth") show(error); // the banner says that, for as long as it is so
      }),
      client.on("outbox", ({ command, status, error }) => {
        if (status !== "failed" || command.type === "message.send") return;
        if (error) show(error);
        client.outbox.cancel(command.commandId);
      }),
    ];
    return () => ends.forEach((end) => end());
  }, [client, show]);

  return (
    <ToastContext.Provider value={show}>
      {children}
      <div className="toasts" role="alert">
        {toasts.map(({ id, error }) => (
          <div key={id} className="toast" data-news={typeof error === "string"}>
            {typeof error === "string" ? <p>{error}</p> : <ErrorNote error={error} />}
            <button type="button" className="icon-button" aria-label={t.close} onClick={() => close(id)}>
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
    </ToastContext.Provider>
  );
}

export function useToast(): (error: MessagingError | string) => void {
  return useContext(ToastContext);
}

/** Runs what a person asked for, and shows why it was refused. */
export function useAttempt(): (action: () => Promise<unknown>) => void {
  const show = useToast();
  return useCallback(
    (action) => {
      action().catch((error: unknown) => {
        if (!isMessagingError(error)) throw error;
        show(error);
      });
    },
    [show],
  );
}
