import type { ConnectionState } from "@tidings/core";
import { describe, expect, it } from "vitest";
import { Handshakes } from "./handshakes.ts";

function after(...names: readonly ConnectionState["name"][]): Handshakes {
  const handshakes = new Handshakes();
  for (const name of names) handshakes.note(name);
  return handshakes;
}

describe("handshakes", () => {
  it("may fail once; those that fail at a second try, and beyond, are counted", () => {
    expect(after("connecting", "waiting", "connecting", "online")).toMatchObject({
      ...{ attempts: 2, failedAgain: 0 },
    });
    expect(after("connecting", "waiting", "connecting", "waiting", "connecting", "online")).toMatchObject({
      ...{ attempts: 3, failedAgain: 1 },
    });
    expect(after("connecting", "offline", "connecting", "blocked")).toMatchObject({ failedAgain: 1 });
  });

  it("begin anew with each link, and are no failure where the client itself gave up", () => {
    const lost = ["connecting", "waiting", "connecting", "online", "waiting"] as const;
    expect(after(...lost, ...lost)).toMatchObject({ attempts: 4, failedAgain: 0 });
    expect(after("connecting", "idle", "connecting", "closed")).toMatchObject({ failedAgain: 0 });
  });

  it("are forgotten, but for what was lost when that was asked for", () => {
    const handshakes = after("connecting", "waiting", "connecting", "waiting");
    handshakes.forget();
    expect(handshakes).toMatchObject({ attempts: 0, failedAgain: 0 });
    for (const name of ["connecting", "waiting"] as const) handshakes.note(name);
    expect(handshakes).toMatchObject({ attempts: 1, failedAgain: 1 });
  });
});
