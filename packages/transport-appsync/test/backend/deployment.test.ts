import { setTimeout as wait } from "node:timers/promises";
import type { Link, LinkEvent } from "@tidings/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId, say } from "../harness.ts";
import { type DynamoDbLocal, hasJava, START_MS, startDynamoDbLocal } from "./dynamodb-local.ts";
import { deploy, type Deployment } from "./deployment.ts";

interface Guest {
  readonly link: Link;
  readonly heard: LinkEvent[];
}

async function enter({ transport }: Deployment, userId: string): Promise<Guest> {
  const heard: LinkEvent[] = [];
  const receive = (events: readonly LinkEvent[]): void => void heard.push(...events);
  const asked = { token: userId, clientId: userId, receive };
  return { heard, link: await transport().open(asked, new AbortController().signal) };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(20);
}

const hears = ({ heard }: Guest, what: string): boolean => JSON.stringify(heard).includes(what);

describe.skipIf(!hasJava)("what the template deploys, behind the endpoint", { timeout: START_MS }, () => {
  let local: DynamoDbLocal;
  let deployed: Deployment;
  beforeAll(async () => {
    local = await startDynamoDbLocal();
    deployed = await deploy(local);
  }, START_MS);
  afterAll(async () => {
    await deployed.close();
    await local.close();
  });

  it("[D2] [D8] carries what is said and typed, a command whose answer got lost, and nothing to who is removed", async () => {
    const [ada, bob] = [await enter(deployed, "ada"), await enter(deployed, "bob")];
    bob.link.signal({ type: "watch", conversationIds: ["general"] });
    await ada.link.submit(say("hello"));
    await until(() => hears(bob, "hello"));
    while (!hears(bob, '"typing"')) {
      ada.link.signal({ type: "typing", conversationId: "general", active: true });
      await wait(100);
    }
    const lost = say("once");
    deployed.loseNext();
    await expect(ada.link.submit(lost)).rejects.toMatchObject({ retryable: true });
    expect(await ada.link.submit(lost)).toMatchObject({ changes: [{ record: { seq: 2 } }] });

    const stamp = () => ({ conversationId: "team", commandId: newId(), at: 0 });
    const participants = [{ userId: "bob" }];
    await ada.link.submit({ type: "conversation.create", ...stamp(), kind: "group", participants });
    await until(() => hears(bob, '"conversation.create"'));
    const before = deployed.endpoint.subscriptions;
    await ada.link.submit({ type: "participant.remove", userId: "bob", ...stamp() });
    await until(() => hears(bob, '"participant.remove"') && deployed.endpoint.subscriptions < before);
    await ada.link.submit(say("a secret", "team"));
    await ada.link.submit(say("goodbye"));
    await until(() => hears(bob, "goodbye"));
    expect(hears(bob, "a secret")).toBe(false);
    await expect(bob.link.submit(say("let me in", "team"))).rejects.toMatchObject({
      code: "conversation/not-found",
    });
    for (const { link } of [ada, bob]) link.close();
  });
});
