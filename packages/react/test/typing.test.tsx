// @vitest-environment jsdom
import { createClient, type Transport } from "@tidings/core";
import { memoryTransport } from "@tidings/core/memory";
import { act, screen } from "@testing-library/react";
import { useConversations, useTyping } from "@tidings/react";
import type { ReactElement } from "react";
import { describe, expect, it } from "vitest";
import { refuseWarnings, show, world } from "./harness.tsx";

refuseWarnings();

/** Notes what is said and asked on its links. */
function noted(inner: Transport, notes: string[]): Transport {
  return {
    ...inner,
    async open(request, signal) {
      const link = await inner.open(request, signal);
      return {
        ...link,
        query(query) {
          notes.push(query.type);
          return link.query(query);
        },
        signal(said) {
          if (said.type === "watch") notes.push(`watch ${said.conversationIds.length}`);
          link.signal(said);
        },
      };
    },
  };
}

function Row({ id }: { readonly id: string }): ReactElement {
  return <li data-testid={id}>{useTyping(id).join()}</li>;
}

function List(): ReactElement {
  const rows = useConversations().map(({ conversationId: id }) => <Row key={id} id={id} />);
  return <ul>{rows}</ul>;
}

describe("who types, in each row of a list", () => {
  it("[D9, V4] is shown for fifty conversations by one signal, and opens none of them", async () => {
    const conversations = Array.from({ length: 50 }, (_, index) => ({ conversationId: `c${index}` }));
    const here = world({ conversations });
    const ben = await here.join("ben");
    const notes: string[] = [];
    const transport = noted(memoryTransport({ backend: here.backend, userId: "ada" }), notes);
    const ada = createClient({ transport, clock: here.clock, logger: () => {} });
    const { unmount } = show(ada, <List />);
    await act(() => ada.connect());
    await here.settle();
    const shown = (id: string): string | null => screen.getByTestId(id).textContent;
    ben.conversation("c7").typing.notify();
    await here.settle();
    expect([shown("c7"), shown("c8")]).toEqual(["ben", ""]);
    await here.settle(3_000);
    expect([shown("c7"), notes]).toEqual(["", ["conversations", "watch 50"]]);
    unmount();
    await here.settle();
    expect(notes.at(-1)).toBe("watch 0");
    await ada.close();
  });
});
