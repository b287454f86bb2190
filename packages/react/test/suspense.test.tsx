// @vitest-environment jsdom
import { isMessagingError } from "@tidings/core";
import { dehydrate, hydrate } from "@tidings/core/bindings";
import { act, cleanup } from "@testing-library/react";
import { useSuspenseConversations, useSuspenseTimeline } from "@tidings/react";
import { Component, type ReactElement, type ReactNode, Suspense } from "react";
import { describe, expect, it, vi } from "vitest";
import { doing, refuseWarnings, show, world } from "./harness.tsx";
import { shown } from "./screen.tsx";

refuseWarnings();

class Boundary extends Component<{ readonly children: ReactNode }, { readonly code?: string }> {
  override state: { readonly code?: string } = {};
  static getDerivedStateFromError(error: unknown): object {
    return { code: isMessagingError(error) ? error.code : "?" };
  }
  override render(): ReactNode {
    return this.state.code === undefined ? this.props.children : <p data-testid="all">{this.state.code}</p>;
  }
}

function Messages({ id = "general" }: { readonly id?: string }): ReactElement {
  const { items } = useSuspenseTimeline(id, { size: 2 });
  const texts = items.map((item) => Object(item).message.content.text);
  return <p data-testid="all">{texts.join() || "nothing"}</p>;
}

const all = (id?: string): ReactElement => (
  <Boundary>
    <Suspense fallback={<p data-testid="all">…</p>}>
      <Messages {...(id !== undefined && { id })} />
    </Suspense>
  </Boundary>
);

describe("a timeline in a Suspense boundary", () => {
  it("waits for the first messages, then goes on like any other", async () => {
    const here = world();
    const ben = await here.join("ben");
    for (const text of ["one", "two"]) await ben.conversation("general").send(text);
    const ada = here.client("ada");
    show(ada, all());
    expect(shown("all")).toBe("…");
    await doing(() => ada.connect());
    await here.settle();
    expect(shown("all")).toBe("one,two");
    await doing(() => ben.conversation("general").send("three"));
    await here.settle();
    expect(shown("all")).toBe("two,three");
  });

  it("waits no longer than it takes to know that there is nothing", async () => {
    const here = world();
    const ada = here.client("ada");
    show(ada, all());
    await doing(() => ada.connect());
    await here.settle();
    expect(shown("all")).toBe("nothing");
  });

  it("waits for nothing where there is no link, and follows once there is one", async () => {
    const here = world();
    const ben = await here.join("ben");
    await ben.conversation("general").send("one");
    const ada = here.client("ada");
    here.backend.faults.offline(true);
    show(ada, all());
    await doing(async () => void ada.connect());
    await here.settle();
    expect([ada.connection.get().name, shown("all")]).toEqual(["waiting", "nothing"]);
    here.backend.faults.offline(false);
    await here.settle(60_000);
    expect(shown("all")).toBe("one");
  });

  it("gives a conversation one is not in, or no longer, to the error boundary", async () => {
    vi.mocked(console.error).mockImplementation(() => {});
    const here = world();
    const ada = here.client("ada");
    show(ada, all("nowhere"));
    expect(shown("all")).toBe("…");
    await doing(() => ada.connect());
    await here.settle();
    expect(shown("all")).toBe("conversation/not-found");
    vi.mocked(console.error).mockClear();
  });

  it("shows at once what is here already", async () => {
    const ada = await world().join("ada");
    await ada.conversation("general").send("here");
    show(ada, all());
    expect(shown("all")).toBe("here");
    await act(() => ada.close());
    expect(shown("all")).toBe("here");
  });
});

function List(): ReactElement {
  const names = useSuspenseConversations().map(({ conversationId }) => conversationId);
  return <p data-testid="all">{names.join() || "none"}</p>;
}

const list = (
  <Suspense fallback={<p data-testid="all">…</p>}>
    <List />
  </Suspense>
);

describe("the list of conversations in a Suspense boundary", () => {
  it("waits until it has arrived, then goes on like any other", async () => {
    const here = world();
    await here.join("ada");
    const ada = here.client("ada");
    show(ada, list);
    expect(shown("all")).toBe("…");
    await doing(() => ada.connect());
    await here.settle();
    expect(shown("all")).toBe("elsewhere,general");
    await doing(() => ada.createConversation({ conversationId: "more", kind: "group" }));
    await here.settle();
    expect(shown("all")).toContain("more");
  });

  it("tells none from not yet", async () => {
    const here = world({ conversations: [] });
    const ada = here.client("ada");
    show(ada, list);
    expect([shown("all"), ada.listed.get()]).toEqual(["…", false]);
    await doing(() => ada.connect());
    await here.settle();
    expect([shown("all"), ada.listed.get()]).toEqual(["none", true]);
    cleanup();
    const inBrowser = here.client("ada");
    hydrate(inBrowser, JSON.parse(JSON.stringify(dehydrate(ada))));
    show(inBrowser, list);
    expect(shown("all")).toBe("none");
  });

  it("waits for nothing where there is no link", async () => {
    const here = world();
    const ada = here.client("ada");
    here.backend.faults.offline(true);
    show(ada, list);
    await doing(async () => void ada.connect());
    await here.settle();
    expect([ada.connection.get().name, shown("all")]).toEqual(["waiting", "none"]);
    here.backend.faults.offline(false);
    await here.settle(60_000);
    expect(shown("all")).toBe("elsewhere,general");
  });
});
