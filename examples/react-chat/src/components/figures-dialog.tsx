import { useState } from "react";
import { daysIn, lastDays, offsetOf, type Span, startOf } from "../lib/days.ts";
import { useFigures } from "../lib/use-figures.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Dialog } from "./dialog.tsx";
import { FiguresPlots } from "./figures-plots.tsx";
import { FiguresSpan } from "./figures-span.tsx";
import "../styles/figures.css";

interface FiguresDialogProps {
  readonly conversationId: string;
  readonly title: string;
  readonly onClose: () => void;
}

const FIRST_SHOWN = 30;

/** How much was said, by how many, and what came of it: for those who look after a conversation. */
export function FiguresDialog({ conversationId, title, onClose }: FiguresDialogProps) {
  const { t, format } = useTexts();
  const [now] = useState(Date.now);
  const [span, setSpan] = useState<Span>(() => lastDays(FIRST_SHOWN, now, offsetOf(now)));
  const days = daysIn(span);
  const { figures, error, again, download } = useFigures(conversationId, days.length > 0 ? span : undefined);
  const isEmpty = figures?.total.messages === 0;
  return (
    <Dialog title={t.titleInFigures(title)} onClose={onClose} isWide>
      <div className="figures">
        <FiguresSpan now={now} span={span} isWrong={days.length === 0} onChange={setSpan} />
        <div className="figures-body" aria-busy={days.length > 0 && !figures && !error}>
          {days.length > 0 && !figures && !error && <p role="status">{t.loading}</p>}
          {error && (
            <div className="notice danger" role="alert">
              <p className="error-note">
                <strong>{t.errorOf(error)}</strong> <code>{error.code}</code>
              </p>
              <button type="button" className="link" onClick={again}>
                {t.tryAgain}
              </button>
            </div>
          )}
          {isEmpty && <p role="status">{t.nothingCounted}</p>}
          {figures?.truncated && (
            <p className="notice warn" role="status">
              {t.notAllCounted(format.calendarDay(startOf(figures.days.at(-1)?.day ?? span.from)))}
            </p>
          )}
          {figures && !isEmpty && <FiguresPlots figures={figures} days={days} />}
        </div>
        <div className="form-buttons">
          <button type="button" className="button" disabled={!figures || isEmpty} onClick={download}>
            {t.downloadCsv}
          </button>
          <button type="button" className="button primary" onClick={onClose}>
            {t.close}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
