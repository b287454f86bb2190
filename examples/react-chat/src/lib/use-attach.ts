import { isMessagingError, MessagingError } from "@tidings/core";
import { prepareFile, workerImages } from "@tidings/core/media";
import type { Upload } from "@tidings/core/uploads";
import { useUploads } from "@tidings/react";
import { type ClipboardEvent, type DragEvent, useCallback, useMemo, useState } from "react";
import { useToast } from "../components/toasts.tsx";

/** Takes files in from wherever they come: chosen, pasted, dropped. */
export interface Attach {
  add(files: Iterable<File>): Promise<void>;
  /** How many are being made ready. */
  readonly preparing: number;
  readonly isOver: boolean;
  /** For the element files may be dropped on, and pasted into. */
  readonly dropProps: {
    readonly onPaste: (event: ClipboardEvent) => void;
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: () => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

let images: ReturnType<typeof workerImages> | undefined;

/** Made when the first picture is chosen; pictures then never hold up the page. */
function beside(): ReturnType<typeof workerImages> {
  // In one expression: that is how Vite finds the worker.
  return (images ??= workerImages(
    new Worker(new URL("./image-worker.ts", import.meta.url), { type: "module" }),
  ));
}

export function useAttach(conversationId: string, attach: (upload: Upload) => void): Attach {
  const uploads = useUploads();
  const toast = useToast();
  const [preparing, setPreparing] = useState(0);
  const [isOver, setIsOver] = useState(false);

  const take = useCallback(
    async (chosen: File): Promise<void> => {
      setPreparing((before) => before + 1);
      try {
        const ready = prepareFile(chosen, { images: beside() });
        // Never as it is: nobody means to say where a picture was taken.
        const { file, about } = await ready.catch(() => prepareFile(chosen));
        attach(uploads.add(conversationId, file, about));
      } catch (error) {
        toast(isMessagingError(error) ? error : new MessagingError("client/unknown", { cause: error }));
      } finally {
        setPreparing((before) => before - 1);
      }
    },
    [uploads, conversationId, attach, toast],
  );
  const add = useCallback(
    async (files: Iterable<File>) => {
      for (const file of files) await take(file); // in the order they were given
    },
    [take],
  );
  const dropProps = useMemo(
    () => ({
      onPaste(event: ClipboardEvent) {
        const { files } = event.clipboardData;
        if (files.length === 0) return;
        event.preventDefault();
        void add(files);
      },
      onDragOver(event: DragEvent) {
        if (!event.dataTransfer.types.includes("Files")) return;
        event.preventDefault();
        setIsOver(true);
      },
      onDragLeave: () => setIsOver(false),
      onDrop(event: DragEvent) {
        event.preventDefault();
        setIsOver(false);
        void add(event.dataTransfer.files);
      },
    }),
    [add],
  );
  return { add, preparing, isOver, dropProps };
}
