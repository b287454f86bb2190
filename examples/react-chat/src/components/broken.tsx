import { useTexts } from "../texts/use-texts.tsx";
import { Placeholder } from "./placeholder.tsx";

/** What stands where the app was. */
export function Broken() {
  const { t } = useTexts();
  return (
    <main className="door">
      <Placeholder heading="h1" icon="alert" title={t.broken} hint={t.remedies.client}>
        <button type="button" className="button primary" onClick={() => location.reload()}>
          {t.reload}
        </button>
      </Placeholder>
    </main>
  );
}
