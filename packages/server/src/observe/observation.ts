import type { Vitals } from "../engine/vitals.ts";
import { VERSION } from "../version.ts";
import { type Health, severity } from "./health.ts";
import { HealthMonitor, type HealthMonitorOptions } from "./health-monitor.ts";
import { memoryBound } from "./memory.ts";
import type { Meter } from "./meter.ts";
import type { Readings } from "./metrics.ts";
import type { PromMeter } from "./prom-meter.ts";

export interface ObservationOptions extends HealthMonitorOptions {
  /** Undefined: nobody reads metrics. */
  readonly prom: PromMeter | undefined;
  readonly vitals: () => Vitals;
}

/** The page of metrics, in the text format of Prometheus. */
export interface MetricsPage {
  readonly contentType: string;
  readonly read: () => Promise<string>;
}

/** Tells how the server is, to those who ask. */
export class Observation {
  readonly meter: Meter;
  /** Undefined if nobody reads metrics. */
  readonly page: MetricsPage | undefined;
  readonly #options: ObservationOptions;
  readonly #monitor: HealthMonitor;

  constructor(options: ObservationOptions) {
    const { prom, signs } = options;
    this.#options = options;
    this.meter = signs;
    this.#monitor = new HealthMonitor(options);
    this.page = prom && {
      contentType: prom.contentType,
      read: () => prom.page(() => this.#readings()),
    };
  }

  health(): Promise<Health> {
    return this.#monitor.read();
  }

  stop(): void {
    this.#monitor.stop();
  }

  async #readings(): Promise<Readings> {
    const { doorman, connections, vitals } = this.#options;
    const { checks, isReady } = await this.health();
    const levels = Object.entries(checks).map(([name, { level }]) => [name, severity(level)]);
    return {
      ...vitals(),
      connections: doorman.count,
      connectionsBound: connections,
      health: Object.fromEntries(levels),
      ready: isReady ? 1 : 0,
      loopBusy: this.#monitor.loopBusy,
      memoryBound: memoryBound(),
      version: { [VERSION]: 1 },
    };
  }
}
