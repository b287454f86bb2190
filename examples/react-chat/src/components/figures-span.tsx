import { useId, useState } from "react";
import { lastDays, offsetOf, type Span } from "../lib/days.ts";
import { useTexts } from "../texts/use-texts.tsx";

interface FiguresSpanProps {
  readonly now: number;
  readonly span: Span;
  readonly isWrong: boolean;
  readonly onChange: (span: Span) => void;
}

const OFFERED = [7, 30, 90, 365];

/** The days that are looked at: the last ones, or any. */
export function FiguresSpan({ now, span, isWrong, onChange }: FiguresSpanProps) {
  const { t, format } = useTexts();
  const faultId = useId();
  const [isOther, setIsOther] = useState(false);
  const offered = OFFERED.map((many) => ({ many, ...lastDays(many, now, offsetOf(now)) }));
  const chosen = offered.find(({ from, to }) => from === span.from && to === span.to);
  return (
    <div className="figures-span">
      <label className="field">
        {t.span}
        <select
          className="select"
          value={isOther || !chosen ? "other" : chosen.many}
          onChange={({ target }) => {
            const wanted = offered.find(({ many }) => String(many) === target.value);
            setIsOther(!wanted);
            if (wanted) onChange({ from: wanted.from, to: wanted.to });
          }}
        >
          {OFFERED.map((many) => (
            <option key={many} value={many}>
              {t.lastDays(format.days(many))}
            </option>
          ))}
          <option value="other">{t.otherDays}</option>
        </select>
      </label>
      {(isOther || !chosen) &&
        (["from", "to"] as const).map((end) => (
          <label key={end} className="field">
            {end === "from" ? t.firstDay : t.lastDay}
            <input
              type="date"
              className="text-input"
              value={span[end]}
              aria-invalid={isWrong}
              {...(isWrong && { "aria-describedby": faultId })}
              onChange={({ target }) => onChange({ ...span, [end]: target.value })}
            />
          </label>
        ))}
      {isWrong && (
        <p id={faultId} className="notice warn" role="alert">
          {t.wrongSpan}
        </p>
      )}
    </div>
  );
}
