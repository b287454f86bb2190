/** What of a desktop notifications need: a real D-Bus, and on it who shows them. For tests that click them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import dbus from "@particle/dbus-next";

export interface DesktopNotification {
  readonly title: string;
  readonly body: string;
}

/** A desktop without a screen. */
export interface Desktop {
  /** In which a browser finds it. */
  readonly env: Readonly<Record<string, string>>;
  /** What stands on it now. */
  shown(): readonly DesktopNotification[];
  /** How many it was asked to show so far; one that takes the place of another counts too. */
  readonly asked: number;
  /** As a person does. @throws {Error} if there is none of that title. */
  click(title: string): void;
  close(): Promise<void>;
}

/** Where D-Bus is; undefined also where Chromium shows notifications otherwise. */
export const dbusPath: string | undefined = [process.env["TIDINGS_DBUS"] ?? "", "/usr/bin/dbus-daemon"].find(
  (path) => process.platform === "linux" && path !== "" && existsSync(path),
);

const NAME = "org.freedesktop.Notifications";
const PATH = "/org/freedesktop/Notifications";

/** Whoever has the address may say anything to anybody. */
const SETTINGS = (path: string): string => `<!DOCTYPE busconfig PUBLIC
  "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${path}</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>`;

/** @throws {Error} if there is no D-Bus here. */
export async function startDesktop(): Promise<Desktop> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-desktop-"));
  const settings = join(folder, "bus.xml");
  writeFileSync(settings, SETTINGS(join(folder, "bus")));
  const daemon = spawn(dbusPath ?? "", ["--nofork", "--print-address", `--config-file=${settings}`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const end = (): unknown => daemon.kill();
  process.once("exit", end);
  const [busAddress]: readonly unknown[] = await once(createInterface(daemon.stdout), "line");
  const bus = dbus.sessionBus({ busAddress: String(busAddress) });
  const screen = new Screen();
  bus.export(PATH, screen);
  await bus.requestName(NAME);
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: String(busAddress) },
    shown: () => [...screen.shown.values()],
    get asked() {
      return screen.asked;
    },
    click: (title) => screen.click(title),
    async close() {
      bus.disconnect();
      process.off("exit", end);
      end();
      await once(daemon, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The notification server of the Desktop Notifications Specification 1.2, as far as browsers use it. */
class Screen extends dbus.interface.Interface {
  readonly shown = new Map<number, DesktopNotification>();
  asked = 0;

  constructor() {
    super(NAME);
  }

  GetCapabilities(): readonly string[] {
    return ["actions", "body"];
  }

  GetServerInformation(): readonly string[] {
    return ["Tidings", "Tidings", "1", "1.2"];
  }

  Notify(_app: string, replaces: number, _icon: string, title: string, body: string): number {
    this.asked += 1;
    const id = replaces === 0 ? this.asked : replaces;
    this.shown.set(id, { title, body });
    return id;
  }

  CloseNotification(id: number): void {
    if (this.shown.delete(id)) this.NotificationClosed(id, 3);
  }

  NotificationClosed(id: number, reason: number): readonly number[] {
    return [id, reason];
  }

  ActionInvoked(id: number, action: string): readonly [number, string] {
    return [id, action];
  }

  click(title: string): void {
    const [id] = [...this.shown].find(([, each]) => each.title === title) ?? [];
    if (id === undefined)
      throw new Error(`unable to click ${title}; there are ${JSON.stringify([...this.shown])}`);
    this.ActionInvoked(id, "default");
  }
}

Screen.configureMembers({
  methods: {
    GetCapabilities: { outSignature: "as" },
    GetServerInformation: { outSignature: "ssss" },
    Notify: { inSignature: "susssasa{sv}i", outSignature: "u" },
    CloseNotification: { inSignature: "u" },
  },
  signals: { NotificationClosed: { signature: "uu" }, ActionInvoked: { signature: "us" } },
});
