import type { SearchFilter } from "@tidings/react";
import { useMembers } from "@tidings/react";
import { startOfLocal } from "../lib/days.ts";
import { nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";

/** What is looked for, as it is chosen; days as in "2026-11-30". */
interface Sought {
  readonly text: string;
  readonly isEverywhere: boolean;
  readonly isMine: boolean;
  readonly hasLink: boolean;
  readonly hasFile: boolean;
  readonly authorId: string;
  readonly from: string;
  readonly to: string;
}

export const nothingSought: Sought = {
  ...{ text: "", isEverywhere: false, isMine: false, hasLink: false, hasFile: false },
  ...{ authorId: "", from: "", to: "" },
};

/** Place and time alone look for nothing: that would be the history. */
export function findsNothing({ text, isMine, hasLink, hasFile, authorId }: Sought): boolean {
  return text.trim() === "" && !isMine && !hasLink && !hasFile && authorId === "";
}

export function filterOf(sought: Sought, conversationId: string): SearchFilter {
  const { text, isEverywhere, isMine, hasLink, hasFile, authorId } = sought;
  const [since, until] = [startOfLocal(sought.from), startOfLocal(sought.to, 1)];
  const has = [...(hasLink ? (["link"] as const) : []), ...(hasFile ? (["file"] as const) : [])];
  return {
    text,
    ...(!isEverywhere && { conversationId }),
    ...(isMine && { mentionsMe: true }),
    ...(has.length > 0 && { has }),
    ...(authorId !== "" && { authorId }),
    ...(!Number.isNaN(since) && { since }),
    ...(!Number.isNaN(until) && { until }),
  };
}

interface SearchFiltersProps {
  readonly conversationId: string;
  readonly sought: Sought;
  readonly onChange: (change: Partial<Sought>) => void;
}

/** Where, by whom, when, and with what. */
export function SearchFilters({ conversationId, sought, onChange }: SearchFiltersProps) {
  const { t } = useTexts();
  const members = useMembers(conversationId);
  const choice = (name: "isEverywhere" | "isMine" | "hasLink" | "hasFile", label: string) => (
    <button
      type="button"
      className="choice"
      aria-pressed={sought[name]}
      onClick={() => onChange({ [name]: !sought[name] })}
    >
      {label}
    </button>
  );
  const day = (name: "from" | "to", label: string) => (
    <label className="search-field">
      {label}
      <input
        type="date"
        className="text-input"
        value={sought[name]}
        onChange={({ target }) => onChange({ [name]: target.value })}
      />
    </label>
  );
  return (
    <>
      <div className="search-filters">
        {choice("isEverywhere", t.searchEverywhere)}
        {choice("isMine", t.searchMentions)}
        {choice("hasLink", t.searchLinks)}
        {choice("hasFile", t.searchFiles)}
      </div>
      <div className="search-fields">
        <label className="search-field">
          {t.searchBy}
          <select
            className="select"
            value={sought.authorId}
            onChange={({ target }) => onChange({ authorId: target.value })}
          >
            <option value="">{t.searchAnybody}</option>
            {members.map(({ userId }) => (
              <option key={userId} value={userId}>
                {nameOf(userId)}
              </option>
            ))}
          </select>
        </label>
        {day("from", t.searchFrom)}
        {day("to", t.searchTo)}
      </div>
    </>
  );
}
