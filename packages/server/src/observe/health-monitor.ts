import type { Bus } from "../bus/bus.ts";
import type { Clock } from "../engine/clock.ts";
import type { Store } from "../store/store.ts";
import { VERSION } from "../version.ts";
import { EventLoop } from "./event-loop.ts";
import { type CheckName, type Health, type HealthCheck, healthy, judge, percent } from "./health.ts";
import { thresholds, worst } from "./health.ts";
import { memoryTaken } from "./memory.ts";
import { Probe } from "./probe.ts";
import type { VitalSigns } from "./vital-signs.ts";

export interface HealthMonitorOptions {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly signs: VitalSigns;
  /** Who lets connections in. */
  readonly doorman: { readonly count: number; readonly isClosed: boolean };
  /** How many there may be. */
  readonly connections: number;
}

/** Knows how the server is: from what is measured anyway, and a small question to the database when somebody asks. */
export class HealthMonitor {
  readonly #options: HealthMonitorOptions;
  readonly #loop: EventLoop;
  readonly #probe: Probe;
  readonly #startedAt: number;

  constructor(options: HealthMonitorOptions) {
    const { store, clock } = options;
    this.#options = options;
    this.#loop = new EventLoop(clock);
    // Of nobody, in nothing: the smallest question there is.
    this.#probe = new Probe(() => store.wasIn("", ""));
    this.#startedAt = clock.now();
  }

  get loopBusy(): number {
    return this.#loop.busy;
  }

  async read(): Promise<Health> {
    const { doorman, clock } = this.#options;
    const reach = await this.#probe.read();
    const checks: Record<CheckName, HealthCheck> = {
      server: doorman.isClosed ? { level: "warning", reason: "it is draining" } : healthy,
      store: this.#store(reach),
      bus: this.#bus(),
      eventLoop: judge(
        this.#loop.lateMs,
        thresholds.loopLateMs,
        (ms) => `it comes ${Math.round(ms)} ms late`,
      ),
      memory: judge(memoryTaken(), thresholds.memory, (ratio) => `${percent(ratio)} is taken`),
      links: this.#links(),
      errors: judge(this.#options.signs.errors, thresholds.errors, (ratio) => {
        return `${percent(ratio)} of the answers of the last minute were failures of the server`;
      }),
    };
    return {
      level: worst(Object.values(checks)),
      isReady: !doorman.isClosed && reach.level !== "critical",
      version: VERSION,
      uptimeMs: clock.now() - this.#startedAt,
      connections: doorman.count,
      checks,
    };
  }

  stop(): void {
    this.#loop.stop();
  }

  #store(reach: HealthCheck): HealthCheck {
    if (reach.level === "critical") return reach;
    const { signs } = this.#options;
    if (signs.isCommitFailing) return { level: "critical", reason: "it does not commit" };
    if (reach.level === "healthy" && signs.hasSlowCommits)
      return { level: "warning", reason: `commits took longer than ${thresholds.storeMs.warning} ms` };
    return reach;
  }

  /** Messages go on without it: clients and nodes see what they miss, and ask the database. */
  #bus(): HealthCheck {
    const isConnected = this.#options.bus.isConnected ?? true;
    return isConnected ? healthy : { level: "warning", reason: "other nodes are not heard" };
  }

  #links(): HealthCheck {
    const { doorman, connections, signs } = this.#options;
    const room = judge(doorman.count / connections, thresholds.connections, (ratio) => {
      return `${percent(ratio)} of the connections there may be are open`;
    });
    const refused = judge(signs.refused, thresholds.refused, (ratio) => {
      return `${percent(ratio)} of the attempts to connect failed in the last minute`;
    });
    return worst([room, refused]) === room.level ? room : refused;
  }
}
