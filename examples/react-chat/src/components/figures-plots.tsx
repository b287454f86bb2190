import type { Figures, Measured } from "@tidings/core/figures";
import { useMemo, useState } from "react";
import { startOf } from "../lib/days.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { BarPlot } from "./bar-plot.tsx";

type Measure = keyof Measured;

interface FiguresPlotsProps {
  readonly figures: Figures;
  /** All that are looked at, also those on which nothing was said. */
  readonly days: readonly string[];
}

const MEASURES: readonly Measure[] = ["messages", "people", "reactions", "medianResponseMs"];

/** The sums, a plot for each measure, and one slider that walks through the days of all of them. */
export function FiguresPlots({ figures: { days: counted, total }, days }: FiguresPlotsProps) {
  const { t, format } = useTexts();
  const [chosen, setChosen] = useState(Infinity);
  const at = Math.min(chosen, days.length - 1);
  const byDay = useMemo(() => new Map(counted.map((each) => [each.day, each])), [counted]);
  const names = useMemo(() => days.map((day) => format.calendarDay(startOf(day))), [days, format]);
  const write = (measure: Measure, value: number | undefined): string => {
    if (measure !== "medianResponseMs") return format.number(value ?? 0);
    return value === undefined ? t.noMeasure : format.duration(value);
  };
  const valueOf = (measure: Measure, day: string | undefined): number | undefined =>
    byDay.get(day ?? "")?.[measure];
  const spoken = MEASURES.map((each) => `${t.measures[each]} ${write(each, valueOf(each, days[at]))}`);
  return (
    <>
      <dl className="figures-total" aria-label={t.inAll}>
        {MEASURES.map((measure) => (
          <div key={measure}>
            <dt>{t.measures[measure]}</dt>
            <dd>{write(measure, total[measure])}</dd>
          </div>
        ))}
      </dl>
      <label className="figures-day">
        <span>
          {t.day} <strong>{names[at]}</strong>
        </span>
        <input
          type="range"
          min={0}
          max={days.length - 1}
          value={at}
          aria-valuetext={[names[at], ...spoken].join(", ")}
          onChange={({ target }) => setChosen(Number(target.value))}
        />
      </label>
      <div className="plots">
        {MEASURES.map((measure) => (
          <BarPlot
            key={measure}
            title={t.measures[measure]}
            names={names}
            values={days.map((day) => valueOf(measure, day))}
            write={(value) => write(measure, value)}
            at={at}
            onPoint={setChosen}
          />
        ))}
      </div>
    </>
  );
}
