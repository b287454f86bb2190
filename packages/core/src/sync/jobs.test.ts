import { describe, expect, it } from "vitest";
import { MessagingError } from "../errors/messaging-error.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { createJobs } from "./jobs.ts";

function setUp(width = 2) {
  const clock = virtualClock();
  const errors: string[] = [];
  const onError = (key: string, error: MessagingError): void => void errors.push(`${key} ${error.code}`);
  return { clock, errors, jobs: createJobs({ clock, random: seededRandom(1), width, onError }) };
}

describe("jobs", () => {
  it("[D9, M14] runs no more than its width at once", async () => {
    const { jobs, clock } = setUp(2);
    let running = 0;
    let most = 0;
    for (const key of ["a", "b", "c", "d"]) {
      jobs.run(key, async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((done) => clock.after(10, done));
        running -= 1;
      });
    }
    await clock.advance(100);
    expect({ most, running }).toEqual({ most: 2, running: 0 });
  });

  it("[M14] runs a job asked for again once more, and no oftener", async () => {
    const { jobs, clock } = setUp();
    let runs = 0;
    const job = async (): Promise<void> => {
      runs += 1;
      await new Promise<void>((done) => clock.after(10, done));
    };
    for (let times = 0; times < 5; times += 1) jobs.run("a", job);
    await clock.advance(100);
    expect(runs).toBe(2);
  });

  it("[M14] tries again with growing waits after a retryable failure", async () => {
    const { jobs, clock, errors } = setUp();
    let runs = 0;
    jobs.run("a", () => {
      runs += 1;
      return runs < 4 ? Promise.reject(new MessagingError("server/unavailable")) : Promise.resolve();
    });
    await clock.advance(60_000);
    expect(runs).toBe(4);
    expect(errors).toHaveLength(3);
    expect(clock.timers).toBe(0);
  });

  it("drops a final failure and reports it", async () => {
    const { jobs, clock, errors } = setUp();
    jobs.run("a", () => Promise.reject(new MessagingError("conversation/not-found")));
    await clock.advance(60_000);
    expect(errors).toEqual(["a conversation/not-found"]);
  });

  it("waits as long as the backend asks", async () => {
    const { jobs, clock } = setUp();
    let runs = 0;
    jobs.run("a", () => {
      runs += 1;
      const error = new MessagingError("protocol/busy", { retryAfterMs: 45_000 });
      return runs === 1 ? Promise.reject(error) : Promise.resolve();
    });
    await clock.advance(44_000);
    expect(runs).toBe(1);
    await clock.advance(1_000);
    expect(runs).toBe(2);
  });

  it("leaves no timer and starts nothing after stop", async () => {
    const { jobs, clock } = setUp(1);
    let runs = 0;
    jobs.run("a", () => {
      runs += 1;
      return Promise.reject(new MessagingError("server/unavailable"));
    });
    jobs.run("b", () => Promise.reject(new MessagingError("server/unavailable")));
    await clock.settle();
    jobs.stop();
    await clock.advance(60_000);
    expect({ runs, timers: clock.timers }).toEqual({ runs: 1, timers: 0 });
  });
});
