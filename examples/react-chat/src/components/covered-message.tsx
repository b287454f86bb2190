import { type ReactNode, useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";

interface CoveredMessageProps {
  /** Its key in the list, so that the keyboard finds it. */
  readonly id: string;
  readonly tabIndex: number;
  readonly children: ReactNode;
}

/** A message of somebody one has blocked: covered until one asks for it. That it is there is no secret: others answer it. */
export function CoveredMessage({ id, tabIndex, children }: CoveredMessageProps) {
  const { t } = useTexts();
  const [isShown, setIsShown] = useState(false);
  const toggle = (
    <button
      type="button"
      className="link"
      data-do={isShown ? undefined : "show"}
      tabIndex={tabIndex}
      aria-expanded={isShown}
      onClick={() => setIsShown(!isShown)}
    >
      {isShown ? t.coverBlocked : t.showBlocked}
    </button>
  );
  if (isShown) {
    return (
      <>
        {children}
        <p className="hidden-message">{toggle}</p>
      </>
    );
  }
  return (
    <article className="hidden-message" tabIndex={-1} aria-label={t.ofBlocked} data-key={id}>
      {t.ofBlocked} {toggle}
    </article>
  );
}
