import { useMessage, useReactors, type UsePeople, useVoters } from "@tidings/react";
import { useState } from "react";
import type { Message } from "../lib/data.ts";
import { nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { Avatar } from "./avatar.tsx";
import { Dialog } from "./dialog.tsx";
import { ErrorNote } from "./error-note.tsx";
import { useAttempt } from "./toasts.tsx";
import "../styles/people.css";

interface PeopleDialogProps {
  readonly conversationId: string;
  readonly messageId: string;
  /** Who reacted, or who chose what in a poll. */
  readonly type: "reactors" | "voters";
  readonly onClose: () => void;
}

/** One thing that people may have said of a message: an emoji, or an option of a poll. */
interface Mark {
  readonly label: string;
  readonly count: number;
  /** The first few, who are known in any case. */
  readonly userIds: readonly string[];
}

/** Everybody who reacted to a message, or who voted in a poll, by what they chose. */
export function PeopleDialog({ conversationId, messageId, type, onClose }: PeopleDialogProps) {
  const { t } = useTexts();
  const found = useMessage(conversationId, messageId);
  const marks = typeof found === "string" ? [] : marksOf(found, type);
  const [wanted, setWanted] = useState<string>();
  const index = Math.max(
    0,
    marks.findIndex(({ label }) => label === wanted),
  );
  const mark = marks[index];
  const title = type === "reactors" ? t.whoReacted : t.whoVoted;
  const about = { conversationId, messageId };
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="people-marks" role="group" aria-label={title}>
        {marks.map(({ label, count }) => (
          <button
            key={label}
            type="button"
            className="choice"
            aria-pressed={label === mark?.label}
            onClick={() => setWanted(label)}
          >
            <bdi className={type === "reactors" ? "reaction-emoji" : "people-option"}>{label}</bdi> {count}
          </button>
        ))}
      </div>
      {!mark && <p>{t.nobody}</p>}
      {mark && type === "reactors" && <Reactors key={mark.label} {...about} mark={mark} />}
      {mark && type === "voters" && <Voters key={mark.label} {...about} mark={mark} option={index} />}
      <div className="form-buttons">
        <button type="button" className="button primary" onClick={onClose}>
          {t.close}
        </button>
      </div>
    </Dialog>
  );
}

function marksOf({ content, reactions, tally }: Message, type: PeopleDialogProps["type"]): readonly Mark[] {
  if (type === "reactors") return reactions.map(({ emoji, ...rest }) => ({ label: emoji, ...rest }));
  const options = ("poll" in content && content.poll?.options) || [];
  return options.map((label, index) => ({ label, ...(tally?.results[index] ?? { count: 0, userIds: [] }) }));
}

interface MarkedProps extends Pick<PeopleDialogProps, "conversationId" | "messageId"> {
  readonly mark: Mark;
}

function Reactors({ conversationId, messageId, mark }: MarkedProps) {
  return <PeopleList mark={mark} people={useReactors(conversationId, messageId, mark.label)} />;
}

function Voters({ conversationId, messageId, mark, option }: MarkedProps & { readonly option: number }) {
  return <PeopleList mark={mark} people={useVoters(conversationId, messageId, option)} />;
}

interface PeopleListProps {
  readonly mark: Mark;
  readonly people: UsePeople;
}

/** Offline, and until more have come, those whom the message names. */
function PeopleList({ mark, people: { userIds, hasMore, isLoading, error, more } }: PeopleListProps) {
  const { t } = useTexts();
  const attempt = useAttempt();
  const shown = userIds.length > 0 ? userIds : mark.userIds;
  return (
    <div className="people">
      {shown.length === 0 && !isLoading && <p className="hint">{t.nobody}</p>}
      <ul aria-label={mark.label} aria-busy={isLoading} tabIndex={0}>
        {shown.map((userId) => (
          <li key={userId}>
            <Avatar id={userId} name={userId} />
            <bdi>{nameOf(userId)}</bdi>
          </li>
        ))}
      </ul>
      {error && <ErrorNote error={error} />}
      {(hasMore || error) && (
        <button type="button" className="button" disabled={isLoading} onClick={() => attempt(more)}>
          {error ? t.tryAgain : t.morePeople}
        </button>
      )}
    </div>
  );
}
