import type { Upload } from "@tidings/core/uploads";
import { useUpload, useUploads, useVoiceRecorder } from "@tidings/react";
import { useRef } from "react";
import { lengthOf } from "../lib/sizes.ts";
import type { Attach } from "../lib/use-attach.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";
import { UploadProgress } from "./upload-progress.tsx";

/** What will go out with the message being written. */
export function Attached({
  uploads,
  preparing,
  onRemove,
}: {
  readonly uploads: readonly Upload[];
  readonly preparing: number;
  readonly onRemove: (upload: Upload) => void;
}) {
  const { t } = useTexts();
  if (uploads.length === 0 && preparing === 0) return null;
  return (
    <ul className="attached" aria-label={t.attached}>
      {uploads.map((upload) => {
        const { fileId, name } = upload.attachment;
        return (
          <li key={fileId}>
            <span className="file-name" dir="auto">
              <Icon name="file" /> {name}
            </span>
            <UploadProgress {...{ fileId, name }} onCancel={() => onRemove(upload)} />
            <Arrived upload={upload} onRemove={onRemove} />
          </li>
        );
      })}
      {preparing > 0 && <li role="status">{t.preparing(preparing)}</li>}
    </ul>
  );
}

function Arrived({
  upload,
  onRemove,
}: {
  readonly upload: Upload;
  readonly onRemove: (upload: Upload) => void;
}) {
  const { t } = useTexts();
  if (useUpload(upload.fileId)?.phase !== "ready") return null;
  return (
    <button
      type="button"
      className="icon-button small"
      aria-label={t.cancelUpload(upload.attachment.name)}
      onClick={() => onRemove(upload)}
    >
      <Icon name="close" />
    </button>
  );
}

export function AttachButton({ add }: Pick<Attach, "add">) {
  const { t } = useTexts();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={t.attach}
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t.attach}
        onChange={({ target }) => {
          void add([...(target.files ?? [])]);
          target.value = ""; // the same file may be chosen again
        }}
      />
    </>
  );
}

interface VoiceButtonProps {
  readonly conversationId: string;
  readonly onSaid: (upload: Upload) => void;
}

/** Says it instead of writing it. Needs no network: it waits like everything else. */
export function VoiceButton({ conversationId, onSaid }: VoiceButtonProps) {
  const { t } = useTexts();
  const uploads = useUploads();
  const { phase, durationMs, error, start, stop, cancel } = useVoiceRecorder();
  const end = async (): Promise<void> => {
    const said = await stop();
    if (said) onSaid(uploads.add(conversationId, said.file, said.about));
  };
  if (phase === "recording" || phase === "paused") {
    return (
      <span className="recording" role="group" aria-label={t.recording}>
        <span className="voice-time">{lengthOf(durationMs)}</span>
        <button type="button" className="icon-button" aria-label={t.discard} onClick={cancel}>
          <Icon name="bin" />
        </button>
        <button type="button" className="icon-button" aria-label={t.endRecording} onClick={() => void end()}>
          <Icon name="check" />
        </button>
      </span>
    );
  }
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={t.record}
      title={error && t.errorOf(error)}
      data-failed={error !== undefined}
      onClick={() => void start()}
    >
      <Icon name="microphone" />
    </button>
  );
}
