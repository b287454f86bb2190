import { closeCodeOf, parseClientFrames } from "@tidings/core/protocol";
import type { Engine, Outlet } from "@tidings/server/testing";
import type { Life } from "./life.ts";
import type { Accept, Incoming } from "./wire.ts";

/** Told of what a client asked, and of what the engine wrote for it. */
interface Listener {
  wrote(userId: string, text: string): void;
  asked(userId: string, text: string): void;
}

/** The gateway without sockets: what it does for a WebSocket, for one end of a simulated connection. */
export function admit(
  engine: Engine | undefined,
  life: Life | undefined,
  userId: string,
  incoming: Incoming,
  links: Set<Incoming>,
  observer: Listener,
): ReturnType<Accept> {
  if (!engine || !life || life.isOver) return undefined;
  const outlet: Outlet = {
    backlogBytes: 0,
    write(frames) {
      life.step();
      if (life.isOver) return;
      const text = frames.toText();
      observer.wrote(userId, text);
      incoming.send(text);
    },
    end: (code) => incoming.close(closeCodeOf(code)),
    cut: () => incoming.cut(),
  };
  links.add(incoming);
  const session = engine.connect(outlet);
  return {
    received(text) {
      if (life.isOver) return;
      life.step();
      if (life.isOver) return;
      observer.asked(userId, text);
      const parsed = parseClientFrames(text);
      if (parsed.ok) engine.receive(session, parsed.frames);
      else engine.close(session, { code: parsed.error.code, message: parsed.error.message });
    },
    closed(code) {
      links.delete(incoming);
      if (!life.isOver) engine.disconnect(session, code === 1000 || code === 1001);
    },
  };
}
