import { openUploads, type Upload, type Uploads, type UploadState } from "@tidings/core/uploads";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useClient } from "./messaging-provider.ts";
import { useObservable } from "./use-observable.ts";

/** Files on their way, and how to send more. It never changes. */
export function useUploads(): Uploads {
  return openUploads(useClient());
}

/** One upload and how it is doing; `undefined` for a file that is not on its way from here, as one that has arrived. */
export function useUpload(fileId: string): (UploadState & { readonly upload: Upload }) | undefined {
  const { list } = useUploads();
  const upload = useObservable(
    list,
    useCallback((all: readonly Upload[]) => all.find((each) => each.fileId === fileId), [fileId]),
  );
  const state = useObservable(upload?.state ?? nothing);
  return useMemo(() => upload && state && { ...state, upload }, [upload, state]);
}

const nothing = { get: () => undefined, subscribe: () => () => {} };

/** Where a file can be read, as soon as somebody could see it. */
export interface FileUrl {
  /** For the element the file is shown in: it is asked for when that comes near the screen. */
  readonly ref: (element: Element | null) => void;
  /** Good for as long as it is shown: it is renewed before it ends. */
  readonly url: string | undefined;
}

/** Asked for this far outside of the screen. */
const NEAR = "200px";
const AGAIN_MS = 5_000;

/**
 * The address of a file of a message: from this device while it has it, else from the backend, which says how long it may be
 * read. An address of this device is revoked when nothing here shows it any more.
 */
export function useFileUrl(conversationId: string, fileId: string): FileUrl {
  const uploads = useUploads();
  const [element, ref] = useState<Element | null>(null);
  const isNear = useNear(element);
  const [shown, setShown] = useState<{ readonly fileId: string; readonly url?: string }>({ fileId });

  useEffect(() => {
    if (!isNear) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let local: string | undefined;
    const show = async (): Promise<void> => {
      const bytes = await uploads.bytes(fileId).catch(() => undefined);
      if (isOver) return;
      if (bytes) return setShown({ fileId, url: (local = URL.createObjectURL(bytes)) });
      const { url, renewAt } = await uploads.link(conversationId, fileId);
      if (isOver) return;
      setShown({ fileId, url });
      timer = setTimeout(attempt, Math.max(AGAIN_MS, renewAt - Date.now()));
    };
    const attempt = (): void => {
      show().catch(() => {
        if (isOver) return;
        setShown((before) => (before.fileId === fileId ? before : { fileId }));
        timer = setTimeout(attempt, AGAIN_MS); // there is no link, or no such file yet
      });
    };
    attempt();
    return () => {
      isOver = true;
      clearTimeout(timer);
      if (local !== undefined) URL.revokeObjectURL(local);
    };
  }, [uploads, conversationId, fileId, isNear]);

  const url = shown.fileId === fileId ? shown.url : undefined;
  return useMemo(() => ({ ref, url }), [url]);
}

/** Has it been near the screen? Where nobody can tell, it is. */
function useNear(element: Element | null): boolean {
  const [isNear, setIsNear] = useState(() => !("IntersectionObserver" in globalThis));
  useEffect(() => {
    if (!element || isNear) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setIsNear(true);
      },
      { rootMargin: NEAR },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [element, isNear]);
  return isNear;
}
