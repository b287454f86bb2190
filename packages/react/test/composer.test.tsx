// @vitest-environment jsdom
import { act, fireEvent, renderHook, screen } from "@testing-library/react";
import { useComposer, useMessaging, useSearch, useTimeline } from "@tidings/react";
import { type ReactElement, type Ref, type RefCallback, useState } from "react";
import { describe, expect, it } from "vitest";
import { doing, refuseWarnings, show, world, wrapperFor } from "./harness.tsx";
import { Messages, shown } from "./screen.tsx";

refuseWarnings();

function Input(): ReactElement {
  const { inputProps, inputRef, suggestions, about, issues } = useComposer("general");
  const ref: Ref<HTMLTextAreaElement> = toRef(inputRef);
  return (
    <>
      <textarea ref={ref} {...inputProps} />
      <p data-testid="state">
        {[about?.type, issues[0]?.code, ...suggestions.map(({ value }) => value)].join()}
      </p>
    </>
  );
}

function toRef(ref: {
  current: HTMLTextAreaElement | HTMLInputElement | null;
}): RefCallback<HTMLTextAreaElement> {
  return (element) => void (ref.current = element);
}

const input = (): HTMLTextAreaElement => screen.getByRole("textbox");
const type = (value: string): boolean => fireEvent.change(input(), { target: { value } });
const press = (key: string): boolean => fireEvent.keyDown(input(), { key });

describe("the composer", () => {
  it("sends with Enter and edits the last message with arrow up", async () => {
    const ada = await world().join("ada");
    show(ada, [<Input key="1" />, <Messages key="2" />]);
    type("helo");
    await doing(async () => void press("Enter"));
    expect([input().value, shown("messages")]).toEqual(["", "helo"]);
    await doing(async () => void press("ArrowUp"));
    expect([input().value, shown("state"), input().selectionStart]).toEqual(["helo", "edit,", 4]);
    type("hello");
    await doing(async () => void press("Enter"));
    expect([input().value, shown("messages")]).toEqual(["", "hello"]);
  });

  it("leaves a key alone that means nothing to it", async () => {
    show(await world().join("ada"), <Input />);
    expect([press("Enter"), press("Escape"), press("a")]).toEqual([false, true, true]);
  });

  it("marks the input while something is wrong with what it holds", async () => {
    show(await world().join("ada"), <Input />);
    type("x".repeat(10_001));
    expect(input().getAttribute("aria-invalid")).toBe("true");
    expect(shown("state")).toBe(",draft/too-long");
  });

  it("offers whom a name may mean, and puts the caret behind it", async () => {
    const here = world();
    const ada = await here.join("ada");
    await here.join("bertha");
    await ada.conversation("general").members.load();
    show(ada, <Input />);
    type("@be");
    expect(shown("state")).toBe(",,bertha");
    act(() => void press("Tab"));
    expect([input().value, input().selectionStart]).toEqual(["@bertha ", 8]);
  });
});

describe("all in one", () => {
  it("shows, sends and tells how things are", async () => {
    const ada = await world().join("ada");
    const { result } = renderHook(() => useMessaging("general"), { wrapper: wrapperFor(ada) });
    await doing(() => result.current.send("hello"));
    const { messages } = result.current;
    expect(messages).toMatchObject([{ own: true, message: { content: { text: "hello" } } }]);
    expect(result.current).toMatchObject({ isConnected: true, error: undefined, typing: [], unread: 0 });
    act(() => result.current.startTyping());
    act(() => result.current.stopTyping());
    await doing(() => ada.close());
    expect(result.current.isConnected).toBe(false);
  });
});

describe("what is new", () => {
  it("begins at a divider that stays while it is read", async () => {
    const here = world();
    const [ada, ben] = [await here.join("ada"), await here.join("ben")];
    await ada.conversation("general").send("one");
    ada.conversation("general").markRead();
    await here.settle(1_000);
    const { id } = await ben.conversation("general").send("two");
    await here.settle();
    const Divider = (): ReactElement => <p data-testid="divider">{useTimeline("general").dividerKey}</p>;
    show(ada, <Divider />);
    await doing(async () => ada.conversation("general").markRead());
    expect(shown("divider")).toBe(id);
  });
});

describe("search", () => {
  it("finds in what is loaded, and follows what is said", async () => {
    const here = world();
    const { clock } = here;
    const ada = await here.join("ada");
    await ada.conversation("general").send("a red house");
    const Found = (): ReactElement => {
      const [query] = useState("red");
      const { items, more } = useSearch({ text: query }, { clock });
      return (
        <button type="button" data-testid="found" onClick={() => void more()}>
          {items.length}
        </button>
      );
    };
    show(ada, <Found />);
    expect(shown("found")).toBe("1");
    await doing(() => ada.conversation("general").send("a red door"));
    await here.settle(1_000);
    expect(shown("found")).toBe("2");
  });
});
