import { bareWs, type Contender, type Member, socketIo, tidings } from "./contenders.ts";
import { startServer } from "./lib/child.ts";
import type { Row, Table } from "./lib/table.ts";

const CONNECTIONS = 10_000;
/** Opened side by side, so that no accept queue overflows. */
const BATCH = 100;

/** What a connection costs that only is there: resident memory beyond the empty process, after a garbage collection. */
export async function idle(): Promise<readonly Table[]> {
  const rows: Row[] = [];
  for (const contender of [bareWs, socketIo, tidings]) rows.push(await measure(contender));
  return [
    {
      title: `Memory: ${CONNECTIONS.toLocaleString("en")} idle connections`,
      note: "Resident memory of the server process. Each connection is a user of its own, said hello and then nothing.",
      rows,
    },
  ];
}

async function measure(contender: Contender): Promise<Row> {
  const server = await startServer(contender.script);
  const members: Member[] = [];
  try {
    const emptyBytes = await server.memory();
    for (let room = 0; room < CONNECTIONS; room += BATCH) {
      const joining = Array.from({ length: BATCH }, (_, index) =>
        contender.join({ server, room: room + index, index: 0, members: 1, onChunk: () => {} }),
      );
      members.push(...(await Promise.all(joining)));
    }
    const fullBytes = await server.memory();
    const kB = (bytes: number): number => bytes / 1_000;
    return {
      name: contender.name,
      figures: {
        "empty MB": kB(emptyBytes) / 1_000,
        "full MB": kB(fullBytes) / 1_000,
        "kB each": kB(fullBytes - emptyBytes) / CONNECTIONS,
      },
    };
  } finally {
    for (const member of members) member.close();
    await server.stop();
  }
}
