// @vitest-environment jsdom
import { createClient, type Sent } from "@tidings/core";
import { memoryTransport } from "@tidings/core/memory";
import { act, render } from "@testing-library/react";
import { MessagingProvider, useClient, useTimeline } from "@tidings/react";
import { renderToString } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import { doing, refuseWarnings, show, world } from "./harness.tsx";
import { Messages, shown, Status } from "./screen.tsx";

refuseWarnings();

describe("the hooks", () => {
  it("show a message the moment it is sent, and through to its ack, with nothing but a transport", async () => {
    const client = createClient({ transport: memoryTransport() });
    show(client, <Messages withStatus />);
    expect(shown("messages")).toBe("");
    await doing(() => client.connect());
    let sending: Promise<Sent> | undefined;
    act(() => void (sending = client.conversation("general").send("hello")));
    expect(shown("messages")).toBe("queued hello");
    await doing(async () => (await sending)?.settled());
    expect(shown("messages")).toBe("sent hello");
    await doing(() => client.close());
  });

  it("show what others do: connection, conversations, outbox, unread", async () => {
    const here = world();
    const [ada, ben] = [await here.join("ada"), await here.join("ben")];
    ada.disconnect();
    show(ada, <Status />);
    expect(shown("status")).toBe("idle,elsewhere,general,0,0");
    await doing(() => ada.conversation("general").send("waits"));
    expect(shown("status")).toBe("idle,elsewhere,general,1,0");
    await doing(() => ada.connect());
    await doing(() => ben.conversation("general").send("hi"));
    expect(shown("status")).toBe("online,elsewhere,general,0,1");
  });

  it("show another conversation when asked for another", async () => {
    const here = world();
    const ada = await here.join("ada");
    await ada.conversation("general").send("one");
    await ada.conversation("elsewhere").send("two");
    const view = show(ada, <Messages />);
    expect(shown("messages")).toBe("one");
    view.rerender(<Messages id="elsewhere" />);
    expect(shown("messages")).toBe("two");
    await doing(() => ada.conversation("general").send("three"));
    expect(shown("messages")).toBe("two");
    await doing(() => ada.conversation("elsewhere").send("four"));
    expect(shown("messages")).toBe("two, four");
  });

  it("show a window of a long conversation, which moves", async () => {
    const here = world();
    const ada = await here.join("ada");
    for (const text of ["a", "b", "c", "d"]) await ada.conversation("general").send(text);
    let timeline: ReturnType<typeof useTimeline> | undefined;
    const Probe = (): null => {
      timeline = useTimeline("general", { size: 2 });
      return null;
    };
    show(ada, <Probe />);
    const texts = (): unknown[] => timeline?.items.map((item) => Object(item).message.content.text) ?? [];
    expect(texts()).toEqual(["c", "d"]);
    act(() => timeline?.scroll(-1));
    expect([texts(), timeline?.hasOlder, timeline?.hasNewer]).toEqual([["b", "c"], true, true]);
    act(() => void timeline?.jumpTo("newest"));
    expect(texts()).toEqual(["c", "d"]);
    await doing(() => ada.conversation("general").send("e"));
    expect(texts()).toEqual(["d", "e"]);
    await doing(async () => timeline?.loadOlder());
  });

  it("[D10] go on showing what there is after the client was closed", async () => {
    const here = world();
    const ada = await here.join("ada");
    await ada.conversation("general").send("still here");
    await doing(() => ada.close());
    show(ada, [<Messages key="messages" />, <Status key="status" />]);
    expect(shown("messages")).toBe("still here");
  });

  it("render on a server", async () => {
    const here = world();
    const ada = await here.join("ada");
    await ada.conversation("general").send("hello");
    const html = renderToString(
      <MessagingProvider client={ada}>
        <Messages />
      </MessagingProvider>,
    );
    expect(html).toContain("hello");
  });

  it("say what is missing when there is no provider", () => {
    vi.mocked(console.error).mockImplementation(() => {});
    const Alone = (): null => {
      useClient();
      return null;
    };
    expect(() => render(<Alone />)).toThrow(expect.objectContaining({ code: "client/misused" }));
    vi.mocked(console.error).mockClear();
  });
});
