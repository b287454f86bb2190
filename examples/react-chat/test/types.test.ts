import type { CustomInputOf, Draft } from "@tidings/core";
import type {
  useClient,
  useComposer,
  useConversation,
  useConversations,
  useHistory,
  useMessaging,
  useNotifications,
  usePins,
  useSearch,
  useSend,
  useSuspenseTimeline,
  useThread,
  useTimeline,
} from "@tidings/react";
import { describe, expectTypeOf, it } from "vitest";
import type { Custom, Item, schema } from "../src/lib/data.ts";
import type { Session } from "../src/session.ts";

type Result<Hook extends (...args: never[]) => unknown> = ReturnType<Hook>;
type MessageOf<Any> = Extract<Any, { readonly type: "message" }>;
type Given = CustomInputOf<typeof schema, "message">;

// Checked by `npm run check -- types`: this program registers its client, in src/session.ts.
describe("the hooks of an app that has registered its client", () => {
  it("know the type of custom data, without being told", () => {
    expectTypeOf<Custom>().toEqualTypeOf<{ picture: { src: string; width: number; height: number } }>();
    expectTypeOf<Result<typeof useClient>>().toEqualTypeOf<Session["client"]>();
    expectTypeOf<MessageOf<Result<typeof useTimeline>["items"][number]>>().toEqualTypeOf<Item>();
    expectTypeOf<MessageOf<Result<typeof useSuspenseTimeline>["items"][number]>>().toEqualTypeOf<Item>();
    expectTypeOf<
      MessageOf<NonNullable<ReturnType<Result<typeof useHistory>["items"]["at"]>>>
    >().toEqualTypeOf<Item>();
    expectTypeOf<Result<typeof useMessaging>["messages"][number]>().toEqualTypeOf<Item>();
    expectTypeOf<Result<typeof useThread>[number]>().toEqualTypeOf<Item>();
    expectTypeOf<Result<typeof useSearch>["items"][number]["message"]["custom"]>().toEqualTypeOf<
      Custom | undefined
    >();
    expectTypeOf<Result<typeof usePins>["messages"][number]["custom"]>().toEqualTypeOf<Custom | undefined>();
    type Last = NonNullable<Result<typeof useConversations>[number]["lastMessage"]>;
    expectTypeOf<Last["custom"]>().toEqualTypeOf<Custom | undefined>();
    type OnOpen = NonNullable<NonNullable<Parameters<typeof useNotifications>[0]>["onOpen"]>;
    expectTypeOf<Parameters<OnOpen>[0]["custom"]>().toEqualTypeOf<Custom | undefined>();
  });

  it("take what the schema takes, and nothing else", () => {
    type Sent = Parameters<Result<typeof useSend>>[0];
    expectTypeOf<Sent>().toEqualTypeOf<string | Draft<Given>>();
    expectTypeOf<Parameters<Result<typeof useMessaging>["send"]>[0]>().toEqualTypeOf<Sent>();
    expectTypeOf<Parameters<Result<typeof useConversation>["edit"]>[1]>().toEqualTypeOf<Sent>();
    type Options = NonNullable<Parameters<typeof useComposer<File>>[1]>;
    expectTypeOf<ReturnType<NonNullable<Options["draftOf"]>>>().toEqualTypeOf<Draft<Given>>();
    expectTypeOf<{ text: string; custom: { picture: string } }>().not.toExtend<Sent>();
    expectTypeOf<{ text: string; custom: Custom }>().toExtend<Sent>();
  });
});
