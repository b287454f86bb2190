import { useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";

interface BarPlotProps {
  readonly title: string;
  /** What each bar stands for. */
  readonly names: readonly string[];
  /** No bar where there is none. */
  readonly values: readonly (number | undefined)[];
  readonly write: (value: number | undefined) => string;
  /** The bar that is looked at. */
  readonly at: number;
  readonly onPoint: (index: number) => void;
}

/** Px, whatever the width; the picture is stretched to it. */
const HEIGHT = 100;
const GAP = 0.16;

/** A bar for each day, and the same as a table for whoever would rather read it. */
export function BarPlot({ title, names, values, write, at, onPoint }: BarPlotProps) {
  const { t } = useTexts();
  const most = values.reduce<number>((known, value = 0) => Math.max(known, value), 0);
  const height = (value = 0): number => (most === 0 ? 0 : (value / most) * HEIGHT);
  const spoken = t.plotSpoken(title, write(most), names[values.indexOf(most)] ?? "");
  return (
    <figure className="plot">
      <figcaption>
        <span>{title}</span> <strong>{write(values[at])}</strong>
      </figcaption>
      <div className="plot-area">
        <svg
          viewBox={`0 0 ${values.length} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={spoken}
        >
          {values.map((value, index) => (
            <g key={names[index]} data-at={index === at} onPointerEnter={() => onPoint(index)}>
              <rect className="plot-column" x={index} width={1} height={HEIGHT} />
              <rect
                className="plot-bar"
                x={index + GAP / 2}
                width={1 - GAP}
                y={HEIGHT - height(value)}
                height={height(value)}
              />
            </g>
          ))}
        </svg>
        <small aria-hidden="true">{write(most)}</small>
      </div>
      <Table title={title} names={names} written={values.map(write)} />
    </figure>
  );
}

interface TableProps {
  readonly title: string;
  readonly names: readonly string[];
  readonly written: readonly string[];
}

/** A year of rows is only made for those who open it. */
function Table({ title, names, written }: TableProps) {
  const { t } = useTexts();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        {t.asTable}
        <span className="unseen">: {title}</span>
      </summary>
      {isOpen && (
        <div className="plot-table" role="region" aria-label={title} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.day}</th>
                <th scope="col">{title}</th>
              </tr>
            </thead>
            <tbody>
              {written.map((value, index) => (
                <tr key={names[index]}>
                  <th scope="row">{names[index]}</th>
                  <td>{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
