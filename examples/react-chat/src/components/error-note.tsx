import type { MessagingError } from "@tidings/core";
import { useTexts } from "../texts/use-texts.tsx";

/** What went wrong, what helps, and the code to ask about. */
export function ErrorNote({ error }: { readonly error: MessagingError }) {
  const { t } = useTexts();
  return (
    <p className="error-note">
      <strong>{t.errorOf(error)}</strong> {t.remedies[error.category]} <code>{error.code}</code>
    </p>
  );
}
