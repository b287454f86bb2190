import type { Random } from "@tidings/core";
import { anyOf, isLikely } from "../chance.ts";
import type { Device } from "./device.ts";
import type { Host } from "./host.ts";
import type { FaultName } from "./weights.ts";
import type { World } from "./world.ts";

const MINUTE_MS = 60_000;

/** What a fault has to work with. */
interface Scene {
  readonly world: World;
  readonly host: Host;
  readonly device: Device;
  readonly random: Random;
  /** 1 to 3. */
  readonly few: number;
}

/** What each fault does; some last until `heal`. */
const troubles: Readonly<Record<FaultName, (scene: Scene) => void>> = {
  cut: ({ device }) => device.wire.cut(false),
  halfOpen: ({ device }) => device.wire.cut(true),
  outage({ device: { wire }, random }) {
    wire.isOut = true;
    wire.cut(isLikely(random, 0.5));
  },
  slow: ({ device, random }) => void (device.wire.latencyMs = 100 + anyOf(random, 3_000)),
  losePush: ({ device, few }) => void (device.wire.pushes.drop += few),
  doublePush: ({ device, few }) => void (device.wire.pushes.double += few),
  latePush: ({ device, few }) => void (device.wire.pushes.swap += few),
  loseAnswer: ({ device, few }) => void (device.wire.lostAnswers += few),
  loseSubmit: ({ device }) => void (device.wire.submits.drop += 1),
  doubleSubmit: ({ device, few }) => void (device.wire.submits.double += few),

  crash: (scene) => begone(scene, () => scene.device.crash(isLikely(scene.random, 0.3))),
  doom: (scene) => begone(scene, () => scene.device.life?.doom(1 + anyOf(scene.random, 12))),
  powerCut: (scene) => begone(scene, () => losePower(scene)),
  sleep: ({ world, device, random }) => device.life?.sleep(world.time.now() + anyOf(random, 3 * MINUTE_MS)),
  clockForward: ({ device, random }) => void (device.faults.clockOffMs += anyOf(random, 60 * MINUTE_MS)),
  clockBack: ({ device, random }) => void (device.faults.clockOffMs -= anyOf(random, 60 * MINUTE_MS)),
  networkGone({ device, random }) {
    if (isLikely(random, 0.7)) device.wire.cut(true);
    device.setNetwork(false);
  },
  networkBack: ({ device }) => device.setNetwork(true),

  diskFull: ({ device }) => void (device.disk.faults.isFull = true),
  diskFails: ({ device, few }) => void (device.disk.faults.failures += few),
  diskSlow: ({ device, random }) => void (device.disk.faults.delayMs = anyOf(random, 500)),

  tokenExpired: ({ device, random }) => void (device.faults.expiredTokens += 1 + anyOf(random, 5)),
  tokenShort: ({ device, random }) => void (device.faults.tokenLifeMs = 1_000 + anyOf(random, 30_000)),
  tokenRefused({ device }) {
    device.faults.refusedTokens += 1;
    device.wire.cut(false);
  },
  tokenFails: ({ device, few }) => void (device.faults.failedTokens += few),

  serverCrash: (scene) => comeBack(scene, () => scene.host.crash(false)),
  serverDoom: (scene) => comeBack(scene, () => scene.host.doom(1 + anyOf(scene.random, 20))),
  serverPower: (scene) => comeBack(scene, () => scene.host.crash(true)),
  serverStop: (scene) => comeBack(scene, () => void scene.host.drain()),
  restore: (scene) => comeBack(scene, () => void scene.host.restore(anyOf(scene.random, 6))),
  refuseCommit: ({ host, few }) => void (host.faults.refusedCommits += few),
  forgetCommit: ({ host, few }) => void (host.faults.forgottenCommits += few),
  sickStore: ({ host }) => void (host.faults.isSick = true),
  loseEvent: ({ host, few }) => void (host.faults.lostEvents += few),
  slowStore: ({ host, random }) => void (host.faults.storeDelayMs = anyOf(random, 200)),

  loseQuestion: ({ device, few }) => void (device.wire.questions.drop += few),
  doubleQuestion: ({ device, few }) => void (device.wire.questions.double += few),
  lateAnswer: ({ device, few }) => void (device.wire.answers.swap += few),
  loseFileAnswer: ({ device, few }) => void (device.wire.answers.drop += few),
  losePart: ({ device, few }) => void (device.courier.lost += few),
  losePartAnswer: ({ device, few }) => void (device.courier.unanswered += few),
  doublePart: ({ device, few }) => void (device.courier.doubled += few),
  stalePart: ({ device, few }) => void (device.courier.refused += few),
  slowParts: ({ device, random }) => void (device.courier.latencyMs = 500 + anyOf(random, 40_000)),
  fullForBytes: ({ device }) => void (device.disk.faults.isFullForBytes = true),
  depotFails: ({ world, few }) => void (world.depot.faults.failures += few),
  depotForgets: ({ world, few }) => void (world.depot.faults.lostAnswers += few),
  depotSlow: ({ world, random }) => void (world.depot.faults.delayMs = anyOf(random, 3_000)),
  scanFails: ({ host, few }) => void (host.faults.failedScans += few),
  scanHangs: ({ host }) => void (host.faults.endlessScans += 1),
  shortTickets: ({ host, random }) => void (host.faults.ticketMs = 30_000 + anyOf(random, 10_000)),
  sweep: ({ host }) => void host.sweep(),
  tidy: ({ host }) => host.tidy(),

  heal({ world, host, device, random }) {
    host.heal();
    if (isLikely(random, 0.2)) for (const each of world.devices) each.heal();
    device.heal();
  },
};

/** Lets one thing go wrong, for one device or for the server. */
export function inflict(world: World, name: FaultName, index: number, random: Random): void {
  const device = world.devices[index];
  if (device) troubles[name]({ world, host: world.host, device, random, few: 1 + anyOf(random, 3) });
}

function losePower({ world, device, few }: Scene): void {
  device.crash(true);
  if (device.disk.losePower(few) === 0) return;
  for (const deed of world.people.deeds) if (deed.device === device) deed.isExcused = true;
}

/** A device goes down, and starts again after a while. */
function begone({ world: { time }, device, random }: Scene, end: () => void): void {
  const delayMs = anyOf(random, 5_000);
  end();
  time.after(delayMs, device.start);
  time.after(delayMs + 10_000, device.start); // it may have been doomed only
}

function comeBack({ host, world: { time }, random }: Scene, end: () => void): void {
  end();
  const start = (): void => void host.start();
  time.after(200 + anyOf(random, 3_000), start);
  time.after(15_000, start); // it may have been doomed only
}

/** Nothing goes wrong any more: every machine runs, everybody may come in. */
export async function relieve({ devices, host }: World): Promise<void> {
  host.heal();
  await host.start();
  for (const device of devices) {
    device.heal();
    device.life?.sleep(0);
    device.life?.doom(Infinity);
    device.setNetwork(true);
    device.start();
    void device.client?.connect().catch(() => {});
    for (const { state, resume } of device.uploads?.list.get() ?? [])
      if (state.get().phase === "paused") resume(); // as whoever paused it does, in the end
  }
}
