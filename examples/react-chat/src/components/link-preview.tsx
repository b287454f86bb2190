import type { PreviewView } from "@tidings/core/previews";
import { usePreview } from "@tidings/react";
import { useState } from "react";
import type { Message } from "../lib/data.ts";
import { Icon } from "./icon.tsx";
import "../styles/link-preview.css";

interface LinkPreviewProps {
  readonly message: Message;
  readonly tabIndex: number;
}

/**
 * What the first link of a message leads to. It takes its room when the message does and keeps it, whatever comes of it, so
 * that nothing moves while somebody reads; what is known to be nothing takes none.
 */
export function LinkPreview({ message: { conversationId, id }, tabIndex }: LinkPreviewProps) {
  const view = usePreview(conversationId, id);
  const [keepsRoom, setKeepsRoom] = useState(false);
  if (!view) return null;
  if (!view.isKnown && !keepsRoom) setKeepsRoom(true);
  const isNothing = view.isKnown && !view.preview;
  return isNothing && !keepsRoom ? null : <LinkCard view={view} tabIndex={tabIndex} />;
}

interface LinkCardProps {
  readonly view: PreviewView;
  readonly tabIndex: number;
}

/** Where the link leads stands below all that the page says of itself. */
export function LinkCard({ view: { url, host, preview }, tabIndex }: LinkCardProps) {
  const [broken, setBroken] = useState<string>();
  const { title, description, siteName, image } = preview ?? {};
  return (
    <a
      className="link-preview"
      href={url}
      target="_blank"
      rel="noopener noreferrer nofollow"
      tabIndex={tabIndex}
    >
      {image !== undefined && image !== broken ? (
        <img
          src={image}
          alt=""
          loading="lazy"
          referrerPolicy="no-referrer"
          onError={() => setBroken(image)}
        />
      ) : (
        <span className="link-preview-blank">
          <Icon name="link" />
        </span>
      )}
      <span className="link-preview-text">
        {title !== undefined && <strong dir="auto">{title}</strong>}
        {description !== undefined && <span dir="auto">{description}</span>}
        <small>
          {siteName !== undefined && <bdi>{siteName}</bdi>}
          <bdi dir="ltr">{host}</bdi>
        </small>
      </span>
    </a>
  );
}
