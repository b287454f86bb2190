import { isMessagingError, MessagingError } from "@tidings/core";
import { prepareFile, workerImages } from "@tidings/core/media";
import type { Upload } from "@tidings/core/uploads";
import { useUploads } from "@tidings/react";
import { type ClipboardEvent, type DragEvent, useCallback, useMemo, useState } from "react";
import { useToast } from "../components/toasts.tsx";

/** Takes files in from wherever they come: chosen, pasted, dropped. */
export interface Attach {
  add(files: Iterable<File>): void;
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
  const url = new URL("./image-worker.ts", import.meta.url);
  return (images ??= workerImages(new Worker(url, { type: "module" })));
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
        const { file, about } = await prepareFile(chosen, { images: beside() }).catch(() => ({
          ...{ file: chosen, about: {} },
        }));
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
    (files: Iterable<File>) => {
      for (const file of files) void take(file);
    },
    [take],
  );
  const dropProps = useMemo(
    () => ({
      onPaste(event: ClipboardEvent) {
        const { files } = event.clipboardData;
        if (files.length === 0) return;
        event.preventDefault();
        add(files);
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
        add(event.dataTransfer.files);
      },
    }),
    [add],
  );
  return { add, preparing, isOver, dropProps };
}
