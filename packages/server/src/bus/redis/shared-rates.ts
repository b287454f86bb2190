import { createHash } from "node:crypto";
import type { Rate } from "@tidings/core/protocol";
import { effective, type Sending, type SharedRates } from "../../engine/rates.ts";
import type { Connection } from "./redis-link.ts";
import type { Speaker } from "./speaker.ts";

export interface SharedRatesOptions {
  readonly speaker: Speaker;
  readonly rates: readonly Rate[];
  readonly prefix: string;
  readonly onFailure: (error: unknown) => void;
}

/**
 * The buckets of `engine/rates.ts`, by Redis' own clock: what each lacks in token-milliseconds. Takes a token from all
 * of them or from none, and answers how long to wait. A bucket that is full again is forgotten by itself.
 *
 * KEYS: one per bucket. ARGV: what to take, in tokens (-1 gives one back), then tokens, perMs, burst of each.
 */
const SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local take, wait, lacks = tonumber(ARGV[1]), 0, {}
for i, key in ipairs(KEYS) do
  local tokens, perMs, burst = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  local stored = redis.call('HMGET', key, 'lack', 'at')
  local lack, at = math.min(tonumber(stored[1] or 0), burst * perMs), tonumber(stored[2] or now)
  lacks[i] = math.max(0, lack - math.max(0, now - at) * tokens)
  wait = math.max(wait, math.ceil((lacks[i] - (burst - take) * perMs) / tokens))
end
if wait > 0 and take > 0 then return wait end
for i, key in ipairs(KEYS) do
  local tokens, perMs = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local lack = math.max(0, lacks[i] + take * perMs)
  redis.call('HSET', key, 'lack', string.format('%.0f', lack), 'at', string.format('%.0f', now))
  redis.call('PEXPIRE', key, math.ceil(lack / tokens) + 1)
end
return 0`;

export function createSharedRates({ speaker, rates, prefix, onFailure }: SharedRatesOptions): SharedRates {
  const run = (connection: Connection, take: 1 | -1, sending: Sending): Promise<number> => {
    const { userId, conversationId } = sending;
    // In braces what decides on the node of a cluster: all buckets of a user are on one.
    const user = `${prefix}:{${encodeURIComponent(userId)}}`;
    const keys = rates.map(
      ({ scope }, index) => `${user}:${index}${scope === "user" ? "" : `:${conversationId}`}`,
    );
    const args = rates
      .map((rate) => effective(rate, sending))
      .flatMap(({ tokens, perMs, burst }) => [tokens, perMs, burst]);
    return evaluate(connection, keys, [take, ...args]);
  };
  const runAll = (take: 1 | -1, sendings: readonly Sending[]): Promise<readonly number[] | undefined> =>
    speaker.ask((connection) => Promise.all(sendings.map((sending) => run(connection, take, sending))));
  return {
    async take(sendings) {
      if (rates.length === 0) return sendings.map(() => 0);
      try {
        return await runAll(1, sendings);
      } catch (error) {
        onFailure(error);
        return undefined;
      }
    },
    giveBack(sendings) {
      if (rates.length > 0) runAll(-1, sendings).catch(onFailure);
    },
  };
}

const SHA1: string = createHash("sha1").update(SCRIPT).digest("hex");

/** By its hash: the text of the script is sent only to a Redis that does not have it. */
async function evaluate(
  connection: Connection,
  keys: readonly string[],
  args: readonly number[],
): Promise<number> {
  try {
    return Number(await connection.evalsha(SHA1, keys.length, ...keys, ...args));
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
    return Number(await connection.eval(SCRIPT, keys.length, ...keys, ...args));
  }
}
