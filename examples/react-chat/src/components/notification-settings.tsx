import type { NotificationLevel, NotifyRules } from "@tidings/core/protocol";
import { useNotebook, useObservable, type UsePushSubscription } from "@tidings/react";
import { useTexts } from "../texts/use-texts.tsx";
import { Dialog } from "./dialog.tsx";
import { QuietHoursFields } from "./quiet-hours-fields.tsx";
import { useAttempt } from "./toasts.tsx";
import "../styles/notification-settings.css";

interface NotificationSettingsProps {
  readonly pushes: UsePushSubscription;
  readonly onClose: () => void;
}

const LEVELS: readonly NotificationLevel[] = ["all", "mentions", "none"];

/** What one wants to be told of, on all one's devices, and whether this one is pushed to. Each change counts at once. */
export function NotificationSettings({ pushes, onClose }: NotificationSettingsProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const notebook = useNotebook();
  const rules = useObservable(notebook.rules);
  const change = (changed: NotifyRules): void => attempt(() => notebook.setRules({ ...rules, ...changed }));
  return (
    <Dialog title={t.notifications} onClose={onClose}>
      <div className="form notification-settings">
        <PushSwitch pushes={pushes} />
        <label className="field">
          {t.notifyMe}
          <select
            className="select"
            value={rules.level ?? "all"}
            onChange={({ target }) =>
              change({ level: LEVELS.find((level) => level === target.value) ?? "all" })
            }
          >
            {LEVELS.map((level) => (
              <option key={level} value={level}>
                {t.notify[level]}
              </option>
            ))}
          </select>
        </label>
        {(["sound", "previews"] as const).map((rule) => (
          <label key={rule} className="setting">
            <span>
              <strong>{t.notificationRules[rule]}</strong>
              {rule === "previews" && <small>{t.previewsHint}</small>}
            </span>
            <input
              type="checkbox"
              role="switch"
              className="switch"
              checked={rules[rule] ?? true}
              onChange={({ target }) => change({ [rule]: target.checked })}
            />
          </label>
        ))}
        <QuietHoursFields
          quiet={rules.quiet}
          onChange={(quiet) => {
            const { quiet: _before, ...others } = rules;
            attempt(() => notebook.setRules({ ...others, ...(quiet && { quiet }) }));
          }}
        />
        <div className="form-buttons">
          <button type="button" className="button primary" onClick={onClose}>
            {t.close}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function PushSwitch({ pushes: { state, enable, disable } }: Pick<NotificationSettingsProps, "pushes">) {
  const { t } = useTexts();
  const isImpossible = state === "unsupported" || state === "denied";
  return (
    <label className="setting">
      <span>
        <strong>{t.pushHere}</strong>
        <small role="status">{t.pushStates[state]}</small>
      </span>
      <input
        type="checkbox"
        role="switch"
        className="switch"
        checked={state === "on"}
        disabled={isImpossible || state === "changing"}
        onChange={({ target }) => void (target.checked ? enable() : disable())}
      />
    </label>
  );
}
