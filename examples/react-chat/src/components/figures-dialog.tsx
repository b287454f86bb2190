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
  /** The last that was one. */
  const [asked, setAsked] = useState(span);
  const isWrong = daysIn(span).length === 0;
  const { known, error, again, download } = useFigures(conversationId, asked);
  const { figures } = known ?? {};
  const isEmpty = figures?.total.messages === 0;
  const isOld = known !== undefined && error !== undefined;
  const change = (next: Span): void => {
    setSpan(next);
    if (daysIn(next).length > 0) setAsked(next);
  };
  return (
    <Dialog title={t.titleInFigures(title)} onClose={onClose} isWide>
      <div className="figures">
        <FiguresSpan now={now} span={span} isWrong={isWrong} onChange={change} />
        <div className="figures-body" aria-busy={!figures && !error}>
          {!figures && !error && <p role="status">{t.loading}</p>}
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
          {isOld && <p role="status">{t.knownAsOf(format.fullTime(known.at))}</p>}
          {isEmpty && <p role="status">{t.nothingCounted}</p>}
          {figures?.truncated && (
            <p className="notice warn" role="status">
              {t.notAllCounted(format.calendarDay(startOf(figures.days.at(-1)?.day ?? span.from)))}
            </p>
          )}
          {known && !isEmpty && <FiguresPlots figures={known.figures} days={daysIn(known.span)} />}
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
