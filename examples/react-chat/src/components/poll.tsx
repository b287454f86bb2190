import { usePoll } from "@tidings/react";
import { useId } from "react";
import { useChatActions } from "../lib/chat-actions.ts";
import type { Message } from "../lib/data.ts";
import { nameOf } from "../lib/people.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { useAttempt } from "./toasts.tsx";
import "../styles/poll.css";

interface PollProps {
  readonly message: Pick<Message, "id" | "conversationId">;
  readonly tabIndex: number;
}

/** What there is to choose from, how it stands, and one's own choice. A click, or the space bar, votes or takes it back. */
export function Poll({ message: { id, conversationId }, tabIndex }: PollProps) {
  const { t, format } = useTexts();
  const { showPeople } = useChatActions();
  const attempt = useAttempt();
  const hintId = useId();
  const { view, toggle, close } = usePoll(conversationId, id);
  if (!view) return null;
  const { poll, tally, choices, isOpen, mayClose } = view;
  const hints = [
    isOpen ? (poll.many ? t.pollMany : t.pollOne) : t.pollClosed,
    ...(poll.anonymous ? [t.pollAnonymous] : []),
    t.voters(tally.voters),
  ];
  return (
    <div className="poll">
      <div
        className="poll-options"
        role={poll.many ? "group" : "radiogroup"}
        aria-label={t.poll}
        aria-describedby={hintId}
      >
        {poll.options.map((option, index) => {
          const { count = 0, userIds = [] } = tally.results[index] ?? {};
          const names = format.list(userIds.map(nameOf));
          return (
            <button
              key={option}
              type="button"
              className="poll-option"
              role={poll.many ? "checkbox" : "radio"}
              aria-checked={choices.includes(index)}
              aria-label={t.pollOption(option, count)}
              title={names}
              tabIndex={tabIndex}
              disabled={!isOpen}
              onClick={() => attempt(() => toggle(index))}
            >
              <span
                className="poll-bar"
                style={{ inlineSize: `${(100 * count) / Math.max(1, tally.voters)}%` }}
              />
              <span className="poll-text" dir="auto">
                {option}
              </span>
              <span className="poll-count">{count}</span>
            </button>
          );
        })}
      </div>
      <p id={hintId} className="poll-hint">
        {hints.join(" · ")}
      </p>
      {!poll.anonymous && tally.voters > 0 && (
        <button
          type="button"
          className="poll-close"
          tabIndex={tabIndex}
          aria-haspopup="dialog"
          onClick={() => showPeople(id, "voters")}
        >
          {t.whoVoted}
        </button>
      )}
      {isOpen && mayClose && (
        <button type="button" className="poll-close" tabIndex={tabIndex} onClick={() => attempt(close)}>
          {t.pollEnd}
        </button>
      )}
    </div>
  );
}
