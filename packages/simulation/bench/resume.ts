import { bareWs, type Member } from "./contenders.ts";
import { type ServerProcess, startServer } from "./lib/child.ts";
import { median, quantile, type Row, type Table } from "./lib/table.ts";
import { createRoom, openTidingsLink, type TidingsLink, uuidv7 } from "./lib/tidings-link.ts";

const ROOMS = 10;
const MEMBERS = 100;
/** Messages said in each room while everybody was away. */
const MISSED = 50;
const ROUNDS = 3;

/** Everybody comes back at once: connect, say hello, catch up. Against a bare `ws` that only accepts and echoes. */
export async function resume(): Promise<readonly Table[]> {
  const clients = ROOMS * MEMBERS;
  const rows = [
    await summarise("bare ws: connect and one echo", echoes),
    await summarise("tidings: connect and catch up", resumes),
  ];
  const [base = Number.NaN] = rows.map((row) => Number(row.figures["all ms"]));
  return [
    {
      title: `Resume of ${clients.toLocaleString("en")} clients at once`,
      note: `Median of ${ROUNDS} rounds. ${ROOMS} rooms of ${MEMBERS}; each client reads the ${MISSED} messages it missed.`,
      rows: rows.map(({ name, figures }) => ({
        name,
        figures: { ...figures, "× bare ws": Number(figures["all ms"]) / base },
      })),
    },
  ];
}

/** How long each client took, in milliseconds. */
type Round = () => Promise<readonly number[]>;

async function summarise(name: string, round: Round): Promise<Row> {
  const found: (readonly number[])[] = [];
  for (let count = 0; count < ROUNDS; count += 1) found.push(await round());
  const figure = (share: number): number => median(found.map((times) => quantile(times, share)));
  return { name, figures: { "p50 ms": figure(0.5), "p99 ms": figure(0.99), "all ms": figure(1) } };
}

async function echoes(): Promise<readonly number[]> {
  const server = await startServer(bareWs.script);
  try {
    return await Promise.all(everyone().map(([room, index]) => timeEcho(server, room * MEMBERS + index)));
  } finally {
    await server.stop();
  }
}

async function timeEcho(server: ServerProcess, room: number): Promise<number> {
  const startMs = performance.now();
  let member: Member | undefined;
  await new Promise<void>((echoed, failed) => {
    bareWs.join({ server, room, index: 0, members: 1, onChunk: () => echoed() }).then((joined) => {
      member = joined;
      joined.say("echo");
    }, failed);
  });
  member?.close();
  return performance.now() - startMs;
}

async function resumes(): Promise<readonly number[]> {
  const server = await startServer("tidings");
  try {
    const heads = await fillRooms(server.port);
    return await Promise.all(everyone().map(([room, index]) => timeResume(server.port, room, index, heads)));
  } finally {
    await server.stop();
  }
}

/** Begins the rooms, says what will be missed, and answers the revision from which it is. */
async function fillRooms(port: number): Promise<number> {
  for (let room = 0; room < ROOMS; room += 1) {
    const others = Array.from({ length: MEMBERS - 1 }, (_, index) => userOf(room, index + 1));
    const owner = await openTidingsLink(port, userOf(room, 0));
    await createRoom(owner, `room-${room}`, others);
    for (let said = 0; said < MISSED; said += 1) await say(owner, room, said);
    owner.close();
  }
  return 1 + MEMBERS;
}

async function say(link: TidingsLink, room: number, said: number): Promise<void> {
  const content = { text: "x".repeat(200) };
  const place = { conversationId: `room-${room}`, commandId: uuidv7(), at: 0 };
  const command = { type: "message.send", ...place, kind: "text", content };
  await link.ask({ type: "submit", id: said, lane: said + 2, command }, '"type":"ack"');
}

async function timeResume(port: number, room: number, index: number, afterRev: number): Promise<number> {
  const startMs = performance.now();
  const link = await openTidingsLink(port, userOf(room, index));
  const query = { type: "changes", conversationId: `room-${room}`, afterRev, limit: 100 };
  await link.ask({ type: "query", id: 1, query }, `"upTo":${afterRev + MISSED}`);
  link.close();
  return performance.now() - startMs;
}

function everyone(): (readonly [room: number, index: number])[] {
  return Array.from(
    { length: ROOMS * MEMBERS },
    (_, each) => [each % ROOMS, Math.floor(each / ROOMS)] as const,
  );
}

function userOf(room: number, index: number): string {
  return `user-${room}-${index}`;
}
