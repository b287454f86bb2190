import { placeholderUrl } from "@tidings/core/media";
import type { Attachment } from "@tidings/core/protocol";
import { useClient, useFileUrl } from "@tidings/react";
import type { Message } from "../lib/data.ts";
import type { FileProps } from "../lib/file-props.ts";
import { sizeOf } from "../lib/sizes.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Icon } from "./icon.tsx";
import { UploadProgress } from "./upload-progress.tsx";
import { VoicePlayer } from "./voice-player.tsx";
import "../styles/attachments.css";

/** The files of a message. */
export function Attachments({ message }: { readonly message: Message }) {
  const { outbox } = useClient();
  return <Files {...message} onCancel={() => outbox.cancel(message.id)} />;
}

interface FilesProps extends Pick<Message, "conversationId" | "content"> {
  /** Calls off whatever waits for them. */
  readonly onCancel: () => void;
}

/** The files of what was said, or will be. */
export function Files({ conversationId, content, onCancel }: FilesProps) {
  if (!("text" in content) || !content.attachments) return null;
  return (
    <ul className="attachments">
      {content.attachments.map((file) => (
        <li key={file.fileId}>
          <View file={file} conversationId={conversationId} />
          <UploadProgress {...file} onCancel={onCancel} />
        </li>
      ))}
    </ul>
  );
}

function View(props: FileProps) {
  switch (props.file.kind) {
    case "image":
      return <Picture {...props} />;
    case "video":
      return <Film {...props} />;
    case "voice":
    case "audio":
      return <VoicePlayer {...props} />;
    case "file":
      return <Plain {...props} />;
  }
}

/** Its place is there before it is, with what there is of it until then. */
function frameOf({ width, height, placeholder }: Attachment) {
  const url = placeholderUrl(placeholder);
  return {
    ...(width && height && { width, height, style: { aspectRatio: `${width} / ${height}` } }),
    ...(url !== undefined && { "data-placeholder": true, placeholder: url }),
  };
}

function Picture({ file, conversationId }: FileProps) {
  const { t } = useTexts();
  const { ref, url } = useFileUrl(conversationId, file.thumbnailId ?? file.fileId);
  const { placeholder, style, width, height } = frameOf(file);
  const background = placeholder === undefined ? {} : { backgroundImage: `url(${placeholder})` };
  return (
    <OpenFile file={file} conversationId={conversationId} label={t.openFile(file.name)}>
      <img
        ref={ref}
        className="file-picture"
        {...(url !== undefined && { src: url })}
        alt={file.name}
        {...{ width, height }}
        style={{ ...style, ...background }}
        loading="lazy"
      />
    </OpenFile>
  );
}

function Film({ file, conversationId }: FileProps) {
  const { ref, url } = useFileUrl(conversationId, file.fileId);
  const { ref: posterRef, url: poster } = useFileUrl(conversationId, file.posterId ?? file.fileId);
  const { style, width, height } = frameOf(file);
  return (
    <span ref={posterRef}>
      <video
        ref={ref}
        className="file-picture"
        {...(url !== undefined && { src: url })}
        {...(file.posterId !== undefined && poster !== undefined && { poster })}
        {...{ width, height, style }}
        aria-label={file.name}
        preload="none"
        controls
      />
    </span>
  );
}

function Plain({ file, conversationId }: FileProps) {
  const { t, language } = useTexts();
  const size = sizeOf(file.size, language);
  // What is to be seen is part of what is read out, or nobody could ask for it by voice.
  return (
    <OpenFile file={file} conversationId={conversationId} label={`${t.openFile(file.name)} ${size}`}>
      <span className="file-plain">
        <Icon name="file" />
        <span className="file-name" dir="auto">
          {file.name}
        </span>{" "}
        <span className="file-size">{size}</span>
      </span>
    </OpenFile>
  );
}

/** A link as soon as it is known where to. Never shown in the page itself: what others send is theirs. */
function OpenFile({
  file,
  conversationId,
  label,
  children,
}: FileProps & { readonly label: string; readonly children: React.ReactNode }) {
  const { ref, url } = useFileUrl(conversationId, file.fileId);
  return (
    <a
      ref={ref}
      className="file-link"
      {...(url !== undefined && { href: url })}
      aria-label={label}
      download={file.name}
      target="_blank"
      rel="noopener noreferrer"
    >
      {children}
    </a>
  );
}
