import { type Attempts, LocalSquad, mergeVerdicts, type Squad } from "./bots/squad.ts";
import { forkSquad } from "./fork-squad.ts";
import { type Row, rowOf, usesBetween } from "./measure/row.ts";
import { type Recalled, recalledBetween } from "./measure/recalled.ts";
import { mergeSamples, type Sample } from "./measure/tally.ts";
import type { Usage } from "./measure/usage.ts";
import {
  type Disturbance,
  type LoadOptions,
  type LoadRun,
  type LoadSettings,
  withDefaults,
} from "./options.ts";
import { pause } from "./pause.ts";
import { plansOf } from "./plans.ts";
import { formatDisturbance } from "./report/text.ts";
import { type LoadResult, resultOf } from "./result.ts";

/** Calm for this long, and it counts as over. */
const CALM_MS = 2_000;
/** A message that somebody has waited for longer than this is late. */
const LATE_MS = 1_000;
const POLL_MS = 50;
/** What is not over after this long never will be. */
const PATIENCE_MS = 90_000;

/**
 * Loads a server with real clients and judges what they saw.
 *
 * @throws {Error} if nobody can connect
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const settings = withDefaults(options);
  const plans = await plansOf(settings);
  const squads = await Promise.all(
    plans.map((plan) => (settings.processes > 0 ? forkSquad(plan) : Promise.resolve(new LocalSquad(plan)))),
  );
  try {
    return await new Load(settings, squads).run();
  } finally {
    await Promise.all(squads.map((squad) => squad.close()));
  }
}

class Load implements LoadRun {
  readonly #settings: LoadSettings;
  readonly #squads: readonly Squad[];
  readonly #rows: Row[] = [];
  readonly #samples: Sample[] = [];
  readonly #disturbances: Disturbance[] = [];
  #usages: readonly Usage[] = [];
  #recalled: Recalled = { hits: 0, misses: 0 };
  #startMs = 0;
  #rowMs = 0;

  constructor(settings: LoadSettings, squads: readonly Squad[]) {
    this.#settings = settings;
    this.#squads = squads;
  }

  async run(): Promise<LoadResult> {
    const { clients, perSecond, seconds, settleSeconds, during, signal, say } = this.#settings;
    const rampSeconds = await this.#gather();
    say(`${clients} clients are online after ${rampSeconds.toFixed(1)} s`);
    await this.#warn();
    this.#startMs = this.#rowMs = performance.now();
    this.#usages = await this.#use();
    const watch = setInterval(() => void this.#watch().catch(() => {}), 1_000);
    try {
      await this.#speak(perSecond);
      await Promise.all([pause(seconds * 1_000, signal), during?.(this)]);
      await this.#speak(0);
      say("silence; waiting until everybody has everything");
      await this.#rest(settleSeconds * 1_000);
    } finally {
      clearInterval(watch);
    }
    await this.#watch();
    say("reading what the server has stored");
    const verdict = mergeVerdicts(await this.#each((squad) => squad.judge()));
    return resultOf({
      ...{ settings: this.#settings, rampSeconds, verdict, recalled: this.#recalled },
      ...{ rows: this.#rows, sample: mergeSamples(this.#samples), disturbances: this.#disturbances },
    });
  }

  /** @returns how many seconds it took */
  async #gather(): Promise<number> {
    const { clients, say } = this.#settings;
    const startMs = performance.now();
    const tell = setInterval(
      () => void this.#online().then((online) => say(`${online} of ${clients} are online`)),
      5_000,
    );
    try {
      await this.#each((squad) => squad.gather());
    } finally {
      clearInterval(tell);
    }
    return (performance.now() - startMs) / 1_000;
  }

  async #online(): Promise<number> {
    const standings = await this.#each((squad) => squad.standing());
    return standings.reduce((sum, { online }) => sum + online, 0);
  }

  /** Clients keep to the server's rates by waiting, which would look like a slow server. */
  async #warn(): Promise<void> {
    const { perSecond, clients, seconds, say } = this.#settings;
    const allowed = Math.min(...(await this.#each((squad) => squad.allowance(seconds))));
    const wanted = (perSecond / clients) * seconds;
    if (wanted <= allowed) return;
    say(
      `each client is to say ${Math.round(wanted)} messages; the server's policy allows ${Math.round(allowed)}: they wait`,
    );
  }

  reconnectAll(): Promise<Disturbance> {
    return this.disturb("everybody reconnects", async () => {
      await this.#each((squad) => squad.reconnect());
    });
  }

  async disturb(name: string, action: () => Promise<void>): Promise<Disturbance> {
    await this.#each((squad) => squad.forget());
    const startMs = performance.now();
    this.#settings.say(`${name} …`);
    let doneMs: number | undefined;
    const acting = action().then(() => (doneMs = performance.now()));
    const troubleMs = await Promise.race([this.#trouble(startMs, () => doneMs), acting.then(() => never())]);
    const disturbance = {
      ...{ name, attempts: mergeAttempts(await this.#each((squad) => squad.attempts())) },
      at: (startMs - this.#startMs) / 1_000,
      actionSeconds: ((await acting) - startMs) / 1_000,
      recoverySeconds: troubleMs === undefined ? undefined : (troubleMs - startMs) / 1_000,
    };
    this.#disturbances.push(disturbance);
    this.#settings.say(formatDisturbance(disturbance));
    return disturbance;
  }

  /** Waits until what was done is done and all is calm. @returns when it was not calm last; undefined if it never is */
  async #trouble(startMs: number, doneMs: () => number | undefined): Promise<number | undefined> {
    let troubleMs = startMs;
    for (;;) {
      const isCalm = await this.#isCalm();
      const nowMs = performance.now();
      if (!isCalm) troubleMs = nowMs;
      if (nowMs - Math.max(troubleMs, doneMs() ?? nowMs) >= CALM_MS) return troubleMs;
      if (nowMs - startMs > PATIENCE_MS) return undefined;
      await pause(POLL_MS);
    }
  }

  async #isCalm(): Promise<boolean> {
    const standings = await this.#each((squad) => squad.standing());
    const online = standings.reduce((sum, each) => sum + each.online, 0);
    return online === this.#settings.clients && standings.every(({ behindMs }) => behindMs < LATE_MS);
  }

  async #rest(ms: number): Promise<void> {
    const deadline = performance.now() + ms;
    while (performance.now() < deadline) {
      const standings = await this.#each((squad) => squad.standing());
      if (standings.every(({ waiting, behindMs }) => waiting === 0 && behindMs === 0)) return;
      await pause(POLL_MS);
    }
  }

  async #speak(perSecond: number): Promise<void> {
    await this.#each((squad) => squad.speak(perSecond / this.#squads.length));
  }

  /** Writes down the second that has passed. */
  async #watch(): Promise<void> {
    const nowMs = performance.now();
    const seconds = (nowMs - this.#rowMs) / 1_000;
    this.#rowMs = nowMs;
    const [usages, standings, samples] = await Promise.all([
      this.#use(),
      this.#each((squad) => squad.standing()),
      this.#each((squad) => squad.sample()),
    ]);
    const sample = mergeSamples(samples);
    const servers = usesBetween(this.#usages, usages, seconds);
    const { hits, misses } = recalledBetween(this.#usages, usages);
    this.#recalled = { hits: this.#recalled.hits + hits, misses: this.#recalled.misses + misses };
    this.#usages = usages;
    const row = rowOf({
      ...{ at: (nowMs - this.#startMs) / 1_000, sample, servers },
      online: standings.reduce((sum, { online }) => sum + online, 0),
      waiting: standings.reduce((sum, { waiting }) => sum + waiting, 0),
      behindMs: Math.max(...standings.map(({ behindMs }) => behindMs)),
    });
    this.#samples.push(sample);
    this.#rows.push(row);
    this.#settings.onRow(row);
  }

  async #use(): Promise<readonly Usage[]> {
    return (await this.#settings.usage()).filter((usage) => usage !== undefined);
  }

  #each<Answer>(ask: (squad: Squad) => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(this.#squads.map(ask));
  }
}

function mergeAttempts(all: readonly Attempts[]): Attempts {
  const sum = (name: keyof Attempts): number => all.reduce((total, each) => total + each[name], 0);
  return { first: sum("first"), second: sum("second"), later: sum("later"), failedAgain: sum("failedAgain") };
}

/** So that only the failure of what precedes it is told. */
function never(): Promise<never> {
  return new Promise(() => {});
}
