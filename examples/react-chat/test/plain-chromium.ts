import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { chromiumPath, FLAGS } from "../../../scripts/browser/chromium.ts";

/** Chromium as a person has it: one tab is looked at. Playwright has all of them think that they are. */
export interface PlainChromium {
  /** A new tab, which is looked at. */
  open(url: string): Promise<PlainTab>;
  /** Addresses of its tabs. */
  addresses(): Promise<readonly string[]>;
  /** The first that is found, whoever opened it. */
  tabOf(part: string): Promise<PlainTab | undefined>;
  allowNotifications(origin: string): Promise<void>;
  /** Delivers a push to the service worker of an origin, as a push service would. */
  push(origin: string, payload: object): Promise<void>;
  close(): Promise<void>;
}

export interface PlainTab {
  /** What an expression comes to in the page; `undefined` if it is no text. */
  text(expression: string): Promise<string | undefined>;
  close(): Promise<void>;
}

type Fields = Readonly<Record<string, unknown>>;

/** @param env - beside the environment of this process. */
export async function startPlainChromium(env: Readonly<Record<string, string>>): Promise<PlainChromium> {
  const profile = mkdtempSync(join(tmpdir(), "tidings-profile-"));
  const flags = [...FLAGS, "--headless", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const chromium = spawn(chromiumPath ?? "", [...flags, "about:blank"], {
    ...{ env: { ...process.env, ...env }, stdio: "ignore" },
  });
  const end = (): unknown => chromium.kill("SIGKILL");
  process.once("exit", end);
  const wire = await openWire(await addressIn(profile));
  const { send } = wire;
  const attach = async (targetId: string): Promise<PlainTab> => {
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    const session = String(sessionId);
    return {
      async text(expression) {
        const { result } = await send("Runtime.evaluate", { expression, awaitPromise: true }, session);
        const { value }: Fields = Object(result);
        return typeof value === "string" ? value : undefined;
      },
      close: async () => void (await send("Target.closeTarget", { targetId })),
    };
  };
  const tabs = async (): Promise<readonly Fields[]> => {
    const { targetInfos } = await send("Target.getTargets");
    const all: readonly Fields[] = Array.isArray(targetInfos) ? targetInfos : [];
    return all.filter(({ type }) => type === "page");
  };
  const [first] = await tabs();
  const { sessionId } = await send("Target.attachToTarget", { targetId: first?.["targetId"], flatten: true });
  const session = String(sessionId); // workers are told of in any
  await send("ServiceWorker.enable", {}, session);
  return {
    async push(origin, payload) {
      const registrationId = await wire.registrationOf(origin);
      const data = JSON.stringify(payload);
      await send("ServiceWorker.deliverPushMessage", { origin, registrationId, data }, session);
    },
    open: async (url) => attach(String((await send("Target.createTarget", { url })).targetId)),
    addresses: async () => (await tabs()).map(({ url }) => String(url)),
    async tabOf(part) {
      const found = (await tabs()).find(({ url }) => String(url).includes(part));
      return found && attach(String(found["targetId"]));
    },
    async allowNotifications(origin) {
      await send("Browser.grantPermissions", { permissions: ["notifications"], origin });
    },
    async close() {
      const isOver = once(chromium, "exit");
      await send("Browser.close");
      await isOver;
      process.off("exit", end);
      wire.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Where it is to be spoken to, which it writes into its profile. */
async function addressIn(profile: string): Promise<string> {
  const file = join(profile, "DevToolsActivePort");
  for (;;) {
    const [port, path] = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    if (port && path) return `ws://127.0.0.1:${port}${path}`;
    await sleep(50);
  }
}

interface Wire {
  readonly send: (method: string, params?: object, sessionId?: string) => Promise<Fields>;
  /** The worker of an origin, once there is one. */
  registrationOf(origin: string): Promise<string>;
  close(): void;
}

/** Chrome's DevTools protocol, as far as it is used here. */
async function openWire(address: string): Promise<Wire> {
  const socket = new WebSocket(address);
  const asked = new Map<number, (answer: Fields) => void>();
  const registrations = new Map<string, string>();
  let last = 0;
  socket.on("message", (data: Buffer) => {
    const { id, result, error, method, params }: Fields = Object(JSON.parse(data.toString()));
    if (typeof id === "number") asked.get(id)?.(Object(error ? { error } : result));
    const { registrations: told }: Fields = Object(params);
    if (method === "ServiceWorker.workerRegistrationUpdated" && Array.isArray(told))
      for (const { scopeURL, registrationId } of told)
        registrations.set(new URL(String(scopeURL)).origin, String(registrationId));
  });
  await once(socket, "open");
  return {
    async send(method, params = {}, sessionId) {
      const id = (last += 1);
      const answer = new Promise<Fields>((resolve) => asked.set(id, resolve));
      socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }));
      const { error, ...fields } = await answer;
      if (error) throw new Error(`unable to ${method}; ${JSON.stringify(error)}`);
      return fields;
    },
    async registrationOf(origin) {
      for (;;) {
        const registrationId = registrations.get(origin);
        if (registrationId !== undefined) return registrationId;
        await sleep(20);
      }
    },
    close: () => socket.close(),
  };
}
