import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";
import "../styles/placeholder.css";

interface PlaceholderProps {
  readonly icon: IconName;
  readonly title: string;
  readonly hint: string;
  /** `h1` where it is all there is. Default `h2`. */
  readonly heading?: "h1" | "h2";
  readonly children?: ReactNode;
}

/** Where there is nothing to show: says why, and what to do about it. */
export function Placeholder({ icon, title, hint, heading: Heading = "h2", children }: PlaceholderProps) {
  return (
    <div className="placeholder">
      <span className="placeholder-icon">
        <Icon name={icon} />
      </span>
      <Heading className="placeholder-title">{title}</Heading>
      <p>{hint}</p>
      {children}
    </div>
  );
}

/** Grey shapes where messages will be, so that nothing jumps when they come. */
export function MessagesLoading({ label }: { readonly label: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {[62, 40, 74, 30, 55].map((width, index) => (
        <span key={width} data-own={index % 3 === 2} style={{ inlineSize: `${width}%` }} />
      ))}
    </div>
  );
}
