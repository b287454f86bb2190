import { useUpload } from "@tidings/react";
import { sizeOf } from "../lib/sizes.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";

interface UploadProgressProps {
  readonly fileId: string;
  readonly name: string;
  readonly onCancel: () => void;
}

/** How far a file has got, and what one can do about it. Nothing of one that is there. */
export function UploadProgress({ fileId, name, onCancel }: UploadProgressProps) {
  const { t, language } = useTexts();
  const state = useUpload(fileId);
  if (!state || state.phase === "ready") return null;
  const { phase, sentBytes, size, bytesPerSecond, msLeft, error, upload } = state;
  const isStopped = phase === "paused" || phase === "refused";
  return (
    <div className="upload" data-phase={phase}>
      <progress aria-label={t.uploading(name)} value={sentBytes} max={size} />
      <span className="upload-facts">
        {error ? t.errorOf(error) : t.uploadPhases[phase]}
        {!error && ` · ${sizeOf(sentBytes, language)} / ${sizeOf(size, language)}`}
        {bytesPerSecond > 0 && ` · ${sizeOf(bytesPerSecond, language)}/s`}
        {msLeft !== undefined && ` · ${t.secondsLeft(Math.ceil(msLeft / 1_000))}`}
      </span>
      <button
        type="button"
        className="icon-button small"
        aria-label={isStopped ? t.resumeUpload(name) : t.pauseUpload(name)}
        onClick={isStopped ? upload.resume : upload.pause}
      >
        <Icon name={isStopped ? "play" : "pause"} />
      </button>
      <button
        type="button"
        className="icon-button small"
        aria-label={t.cancelUpload(name)}
        onClick={onCancel}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
