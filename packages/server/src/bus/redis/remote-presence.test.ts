import type { PresenceStatus } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import type { PresenceEvent } from "../bus.ts";
import { RemotePresence } from "./remote-presence.ts";

const event = (userId: string, status: PresenceStatus, conversationId = "c"): PresenceEvent => ({
  ...{ type: "presence", userId, status, conversationIds: [conversationId] },
});

function presenceHere(...here: readonly PresenceEvent[]): RemotePresence {
  return new RemotePresence({
    isWatched: () => true,
    watched: () => ["c", "d"],
    signals: () => here,
    looking: () => [],
  });
}

describe("who is online on other nodes", () => {
  it("is renewed by what a node says of conversations: what is news is shown, and who is not named is gone", () => {
    const presence = presenceHere();
    for (const userId of ["ada", "bob", "cy"]) presence.note("node", event(userId, "online"));
    presence.note("node", event("dan", "online", "d"));
    const shown = presence.renew(
      "node",
      ["c"],
      [event("ada", "online"), event("bob", "away"), event("eve", "online")],
    );
    expect(shown).toEqual([event("cy", "offline"), event("bob", "away"), event("eve", "online")]);
    expect(presence.renew("node", ["c"], [])).toHaveLength(3);
    expect(presence.drop("node")).toEqual([event("dan", "offline", "d")]);
  });

  it("is what the best of all nodes says, this one too", () => {
    const presence = presenceHere(event("ada", "away"));
    for (const node of ["one", "two"])
      for (const userId of ["ada", "bob"]) presence.note(node, event(userId, "online"));
    expect(presence.renew("one", ["c"], [])).toEqual([event("ada", "online"), event("bob", "online")]);
    expect(presence.renew("two", ["c"], [])).toEqual([event("ada", "away"), event("bob", "offline")]);
  });
});
