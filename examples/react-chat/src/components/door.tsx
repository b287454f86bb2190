import { useTexts } from "../texts/use-texts.tsx";
import { Placeholder } from "./placeholder.tsx";

/** For those who come without a link. */
export function Door() {
  const { t } = useTexts();
  return (
    <main className="door">
      <Placeholder heading="h1" icon="person" title={t.door} hint={t.doorHint} />
    </main>
  );
}
