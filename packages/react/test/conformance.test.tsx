// @vitest-environment jsdom
import { type BindingDriver, type BindingPart, bindingConformance, bindingText } from "@tidings/core/testing";
import { act, render, within } from "@testing-library/react";
import { useConnection, useReceipts, useTimeline, useTyping, useUnread } from "@tidings/react";
import type { ReactElement } from "react";
import { describe, it } from "vitest";
import { refuseWarnings, wrapperFor } from "./harness.tsx";

refuseWarnings();

interface PartProps {
  readonly id: string;
  /** Called when the part renders; what it returns goes on screen. */
  readonly put: (part: BindingPart, text: string) => ReactElement;
}

const Messages = ({ id, put }: PartProps): ReactElement =>
  put("messages", bindingText.messages(useTimeline(id).items));
const Unread = ({ id, put }: PartProps): ReactElement => put("unread", bindingText.unread(useUnread(id)));
const Typing = ({ id, put }: PartProps): ReactElement => put("typing", bindingText.typing(useTyping(id)));
const Receipts = ({ id, put }: PartProps): ReactElement =>
  put("receipts", bindingText.receipts(useReceipts(id)));
const Connection = ({ put }: PartProps): ReactElement =>
  put("connection", bindingText.connection(useConnection()));

const PARTS = [Messages, Unread, Typing, Receipts, Connection];

const driver: BindingDriver = {
  doing: (work) => act(work),
  mount(client, conversationId) {
    const counts = new Map<BindingPart, number>();
    const put: PartProps["put"] = (part, text) => {
      counts.set(part, (counts.get(part) ?? 0) + 1);
      return <p data-testid={part}>{text}</p>;
    };
    const all = (id: string): ReactElement => (
      <>
        {PARTS.map((Part) => (
          <Part key={Part.name} id={id} put={put} />
        ))}
      </>
    );
    const { container, rerender, unmount } = render(all(conversationId), { wrapper: wrapperFor(client) });
    return {
      unmount,
      read: (part) => within(container).getByTestId(part).textContent ?? "",
      renders: (part) => counts.get(part) ?? 0,
      show: (id) => rerender(all(id)),
    };
  },
};

describe("@tidings/react", () => {
  bindingConformance({ describe, it, name: "@tidings/react", driver, report: () => {} });
});
