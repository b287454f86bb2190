import type { QuietHours } from "@tidings/core/protocol";
import { useTexts } from "../texts/use-texts.tsx";

interface QuietHoursFieldsProps {
  readonly quiet: QuietHours | undefined;
  readonly onChange: (quiet: QuietHours | undefined) => void;
}

const HOUR = 60;
const NIGHT = { from: 22 * HOUR, to: 7 * HOUR };
/** A week begins on a Monday here, and on a Sunday in the rules. */
const WEEK = [1, 2, 3, 4, 5, 6, 0];
/** A Sunday. */
const SOME_SUNDAY = Date.UTC(2_023, 0, 1);

/** Hours of the day without notifications, by the clocks of where one is, on the days one chooses. */
export function QuietHoursFields({ quiet, onChange }: QuietHoursFieldsProps) {
  const { t, language } = useTexts();
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const days = quiet?.days ?? WEEK;
  const named = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" });
  return (
    <>
      <label className="setting">
        <span>
          <strong>{t.quietHours}</strong>
          <small>{t.quietHoursHint}</small>
        </span>
        <input
          type="checkbox"
          role="switch"
          className="switch"
          checked={quiet !== undefined}
          onChange={({ target }) => onChange(target.checked ? { timeZone, ...NIGHT } : undefined)}
        />
      </label>
      {quiet && (
        <fieldset className="field">
          <legend className="unseen">{t.quietHours}</legend>
          <div className="quiet-times">
            {(["from", "to"] as const).map((end) => (
              <label key={end}>
                {t.quietTimes[end]}
                <input
                  type="time"
                  className="text-input"
                  value={timeOf(quiet[end])}
                  onChange={({ target }) => {
                    const minute = minuteOf(target.value);
                    if (minute !== undefined) onChange({ ...quiet, timeZone, [end]: minute });
                  }}
                />
              </label>
            ))}
          </div>
          <div className="choices" role="group" aria-label={t.quietDays}>
            {WEEK.map((day) => (
              <label key={day} className="choice">
                <input
                  type="checkbox"
                  checked={days.includes(day)}
                  onChange={({ target }) =>
                    onChange({
                      ...quiet,
                      days: target.checked ? [...days, day] : days.filter((each) => each !== day),
                    })
                  }
                />
                {named.format(SOME_SUNDAY + day * 86_400_000)}
              </label>
            ))}
          </div>
        </fieldset>
      )}
    </>
  );
}

function timeOf(minute: number): string {
  return [Math.floor(minute / HOUR), minute % HOUR].map((part) => String(part).padStart(2, "0")).join(":");
}

/** Undefined while it is being typed. */
function minuteOf(time: string): number | undefined {
  const [, hours, minutes] = /^(\d\d):(\d\d)/u.exec(time) ?? [];
  return hours === undefined ? undefined : Number(hours) * HOUR + Number(minutes);
}
