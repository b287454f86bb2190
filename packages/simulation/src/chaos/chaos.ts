import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Random } from "@tidings/core";
import { createFaultProxy } from "@tidings/server/testing";
import { directTransport } from "../backend.ts";
import { type History, readHistory, withLink } from "../history.ts";
import { type ServerProcess, startServerProcess } from "../server-process.ts";
import { sleep } from "../until.ts";
import { readNotes } from "./notes.ts";
import { follow, type PlannedFault, rage } from "./faults.ts";
import { judgeDeeds } from "./deed-judge.ts";
import { judge, type Finding } from "./judge.ts";
import { readLetters } from "./letters.ts";
import type { ChaosMember } from "./member.ts";
import { createNodeMember } from "./node-member.ts";
import { createPageMember } from "./page-member.ts";
import { type Chronicle, createChronicle } from "./chronicle.ts";
import type { MemberState, Word } from "./word.ts";
import { ROOM } from "./words.ts";

export interface ChaosOptions {
  readonly seconds: number;
  readonly random: Random;
  /** Is one of the members a page of Chromium? */
  readonly hasPage: boolean;
  /** Faults that come first, in this order; after them chance decides. */
  readonly plan?: readonly PlannedFault[];
  readonly say?: (line: string) => void;
}

export interface ChaosResult {
  readonly chronicle: Chronicle;
  readonly findings: readonly Finding[];
  /** Files that came with messages. */
  readonly letters: number;
}

const people = ["ada", "bob", "cyd"];
/** Whom they block: of each other all wait to hear how far they have read, which a block holds back. */
const strangers = ["eve", "mallory", "trudy"];
/** Whose client is a page. */
export const PAGE_USER = "dan";
/** How long everybody may take to come to rest at the end. */
const REST_MS = 120_000;

/** Real processes under real faults; resolves with what was wrong at the end. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seconds, random, hasPage, plan = [], say = () => {} } = options;
  const folder = mkdtempSync(join(tmpdir(), "tidings-chaos-"));
  const chronicle = createChronicle();
  const server = await startServerProcess();
  await found(server, hasPage);
  const members = await gather(server, folder, hasPage, chronicle);
  try {
    say(`${members.length} members, ${seconds} s`);
    const stage = { server, members, chronicle, random, say };
    await follow(stage, plan);
    await rage(stage, seconds);
    say("all faults end; everybody comes to rest");
    for (const { proxy, fill } of members) {
      proxy.heal();
      await fill(false);
    }
    await inTime(Promise.all(members.map((member) => member.rest())));
    const states = await inTime(statesOf(members));
    // What the server has said it has must be on its disk.
    await server.kill();
    await server.restart();
    const history = await historyOf(server);
    const letters = await readLetters(directTransport(server), await server.token("bob"), history.messages);
    say(`${letters.size} files read again`);
    const notes = await readNotes(server, [...states.keys()]);
    const findings = [
      ...judge(chronicle, history, states, letters),
      ...judgeDeeds(chronicle, { ...history, notes }, states),
    ];
    return { chronicle, findings, letters: letters.size };
  } finally {
    await Promise.all(members.map((member) => member.close()));
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What each shows, and then what is left of that when only its storage is. */
async function statesOf(members: readonly ChaosMember[]): Promise<ReadonlyMap<string, MemberState>> {
  const shown = await Promise.all(members.map(async (member) => ({ member, state: await member.show() })));
  const states = shown.map(
    async ({ member, state }) => [member.userId, { ...state, stored: await member.recall(state) }] as const,
  );
  return new Map(await Promise.all(states));
}

async function found(server: ServerProcess, hasPage: boolean): Promise<void> {
  const [owner = "", ...guests] = [...people, ...(hasPage ? [PAGE_USER] : [])];
  const creation = {
    ...({ type: "conversation.create", kind: "group", conversationId: ROOM, at: 0 } as const),
    commandId: "01900000-0000-7000-8000-000000000000",
    // So that everybody may pin, and delete what is not their own.
    participants: guests.map((userId) => ({ userId, role: "moderator" as const })),
  };
  await withLink(directTransport(server), await server.token(owner), (link) => link.submit(creation));
}

async function gather(
  server: ServerProcess,
  folder: string,
  hasPage: boolean,
  chronicle: Chronicle,
): Promise<readonly ChaosMember[]> {
  const all = [...people, ...(hasPage ? [PAGE_USER] : [])];
  const create = async (userId: string): Promise<ChaosMember> => {
    const proxy = await createFaultProxy({ target: { port: server.port } });
    const hear = (word: Word): void => chronicle.hear(userId, word);
    const make = userId === PAGE_USER ? createPageMember : createNodeMember;
    const token = await server.token(userId);
    const member = await make({ userId, others: strangers, proxy, folder, hear, token });
    return {
      ...member,
      async close() {
        await member.close();
        await proxy.close();
      },
    };
  };
  return Promise.all(all.map(create));
}

async function historyOf(server: ServerProcess): Promise<History> {
  return readHistory(directTransport(server), await server.token("ada"), ROOM);
}

function inTime<T>(work: Promise<T>): Promise<T> {
  const late = sleep(REST_MS, undefined, { ref: false }).then((): never => {
    throw new Error(`not everybody came to rest within ${REST_MS / 1_000} s`);
  });
  return Promise.race([work, late]);
}
