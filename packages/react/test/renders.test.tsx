// @vitest-environment jsdom
import type { Observable } from "@tidings/core";
import { countListeners } from "@tidings/core/testing";
import { render } from "@testing-library/react";
import { useClient, useConversation, useObservable, useTimeline, useTyping } from "@tidings/react";
import type { ReactElement } from "react";
import { describe, expect, it } from "vitest";
import { doing, refuseWarnings, show, world } from "./harness.tsx";
import { Messages, shown, Status } from "./screen.tsx";

refuseWarnings();

describe("renders", () => {
  const counted = (): [counts: Record<string, number>, count: (name: string) => void] => {
    const counts: Record<string, number> = {};
    return [counts, (name) => void (counts[name] = (counts[name] ?? 0) + 1)];
  };

  it("only what a typing signal concerns", async () => {
    const here = world();
    const [ada, ben] = [await here.join("ada"), await here.join("ben")];
    const [counts, count] = counted();
    const List = (): ReactElement => {
      count("timeline");
      return <p>{useTimeline("general").items.length}</p>;
    };
    const Typists = ({ id }: { id: string }): ReactElement => {
      count(id);
      return <p data-testid={id}>{useTyping(id).join()}</p>;
    };
    show(ada, [<List key="1" />, <Typists key="2" id="general" />, <Typists key="3" id="elsewhere" />]);
    await here.settle();
    const before = { ...counts };
    ben.conversation("elsewhere").typing.notify();
    await here.settle();
    expect([shown("general"), shown("elsewhere")]).toEqual(["", "ben"]);
    const afterwards = { ...counts };
    expect(afterwards).toEqual({ ...before, elsewhere: afterwards["elsewhere"] });
    ben.conversation("general").typing.notify();
    await here.settle();
    expect([shown("general"), shown("elsewhere")]).toEqual(["ben", "ben"]);
    expect(counts).toEqual({ ...afterwards, general: counts["general"] });
  });

  it("again only when what was selected is another", async () => {
    const here = world();
    const ada = await here.join("ada");
    const [counts, count] = counted();
    const Name = (): ReactElement => {
      count("online");
      return <p>{useObservable(useClient().connection, ({ name }) => name === "online")}</p>;
    };
    const Latest = (): ReactElement => {
      count("latest");
      // A new object each time: remembered, or React would render for ever.
      const { last } = useObservable(useConversation("general").timeline, ({ items }) => ({
        last: items.at(-1)?.key,
      }));
      return <p data-testid="latest">{last}</p>;
    };
    show(ada, [<Name key="1" />, <Latest key="2" />]);
    await here.settle();
    const before = { ...counts };
    await doing(() => ada.conversation("elsewhere").send("not here"));
    expect(counts).toEqual(before);
    const sent = await doing(() => ada.conversation("general").send("here"));
    expect(shown("latest")).toBe(sent.id);
    expect(counts["online"]).toBe(before["online"]);
  });

  it("with the selector of the moment", async () => {
    const here = world();
    const ada = await here.join("ada");
    const Part = ({ part }: { part: "name" | "attempt" }): ReactElement => (
      <p data-testid="part">{useObservable(useClient().connection, (state) => state[part])}</p>
    );
    const view = show(ada, <Part part="name" />);
    expect(shown("part")).toBe("online");
    view.rerender(<Part part="attempt" />);
    expect(shown("part")).toBe(`${ada.connection.get().attempt}`);
  });
});

describe("listeners", () => {
  it("are gone with the component, in StrictMode too", async () => {
    const { target, listening } = countListeners(await world().join("ada"));
    const Typists = (): ReactElement => <p>{useTyping("general").length}</p>;
    const all = [<Messages key="1" />, <Status key="2" />, <Typists key="3" />];
    const view = show(target, all);
    expect(listening()).toBe(8); // one per thing shown
    view.rerender(all.slice(1));
    expect(listening()).toBe(5);
    view.unmount();
    expect(listening()).toBe(0);
  });

  it("follow the observable, not the renders", () => {
    let subscriptions = 0;
    const observable: Observable<number> = {
      get: () => 1,
      subscribe() {
        subscriptions += 1;
        return () => {};
      },
    };
    const Value = (): ReactElement => <p>{useObservable(observable, (value) => value + 1)}</p>;
    const view = render(<Value />);
    view.rerender(<Value />);
    view.rerender(<Value />);
    expect(subscriptions).toBe(1);
  });
});
