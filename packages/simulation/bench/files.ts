import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultPolicy, type UploadTicket } from "@tidings/core/protocol";
import { createServer, type FileOptions, type TidingsServer } from "@tidings/server";
import { startS3 } from "@tidings/server/testing";
import { median, type Row, type Table } from "./lib/table.ts";

const MIB = 1_024 * 1_024;
const BYTES = 10 * MIB;
const TIMES = 10;
const SAMPLE_MS = 2;
const PLACE = "bench";

/** How long 10 MB take from the ticket to the last byte read again, and what memory that takes. */
export async function files(): Promise<readonly Table[]> {
  const dir = join(tmpdir(), `tidings-bench-${randomUUID()}`);
  const s3 = await startS3();
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3;
  const credentials = { endpoint, bucket, region, accessKeyId, secretAccessKey, isPathStyle: true };
  const rows = [await measured("a folder", { dir }), await measured("S3", { s3: credentials })];
  await s3.close();
  await rm(dir, { recursive: true, force: true });
  return [
    {
      title: "Files: 10 MB on loopback",
      note:
        `Median of ${TIMES}, one after the other, in parts of 5 MiB. up: ticket, parts, completed, looked at; down: read ` +
        "again. memory: the most the process held beyond what it had before, one copy of the file at the client included " +
        "(S3: its stand-in keeps all files in the same process).",
      rows,
    },
  ];
}

async function measured(name: string, options: FileOptions): Promise<Row> {
  const { files: usual, ...limits } = defaultPolicy.limits;
  if (!usual) throw new Error("the product keeps files");
  const policy = { rates: [], limits: { ...limits, files: { ...usual, perHour: 1_000 } } };
  const server = await createServer({ port: 0, policy, files: options });
  const bytes = Buffer.alloc(BYTES, 7);
  bytes.write("\u0089PNG\r\n\u001A\n\0\0\0\rIHDR\0\0\0\u0001\0\0\0\u0001\b\u0006\0\0\0", "latin1");
  const authorization = `Bearer ${await server.issueToken("ada")}`;
  const ask = asker(server, authorization);
  await ask("POST", "", { conversationId: PLACE, kind: "group" });
  const times: { readonly up: number; readonly down: number; readonly peak: number }[] = [];
  for (let turn = 0; turn < TIMES; turn += 1) times.push(await once(ask, bytes));
  await server.close();
  return {
    name,
    figures: {
      "up ms": median(times.map(({ up }) => up)),
      "down ms": median(times.map(({ down }) => down)),
      "memory MiB": Math.max(...times.map(({ peak }) => peak)) / MIB,
    },
  };
}

type Ask = (method: string, path: string, body?: object) => Promise<unknown>;

function asker(server: TidingsServer, authorization: string): Ask {
  return async (method, path, body) => {
    const answer = await fetch(`${server.httpUrl}/v1/conversations${path}`, {
      method,
      headers: { authorization, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`unable to go on; ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
}

async function once(ask: Ask, bytes: Buffer) {
  const before = process.memoryUsage.rss();
  let most = before;
  const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), SAMPLE_MS);
  const startedAt = performance.now();
  const path = `/${PLACE}/files`;
  const fileId = newId();
  const asked = { fileId, name: "a.png", size: BYTES, mediaType: "image/png" };
  const ticket = (await ask("POST", path, asked)) as UploadTicket;
  for (const { url, headers, number } of ticket.parts) {
    const body = Buffer.from(bytes.subarray((number - 1) * ticket.partBytes, number * ticket.partBytes));
    const answer = await fetch(url, { method: "PUT", headers, body });
    if (!answer.ok) throw new Error(`unable to put; ${answer.status}`);
  }
  const { state } = Object(await ask("POST", `${path}/${fileId}/complete`, { parts: [] }));
  if (state !== "ready") throw new Error(`unable to complete; ${state}`);
  const upAt = performance.now();
  const { url } = Object(await ask("GET", `${path}/${fileId}/download`));
  const { body } = await fetch(url);
  let count = 0;
  if (body) for await (const chunk of body) count += chunk.length;
  if (count !== BYTES) throw new Error(`unable to read it again; ${count} bytes came`);
  const downAt = performance.now();
  clearInterval(sampling);
  return { up: upAt - startedAt, down: downAt - upAt, peak: most - before };
}

/** A UUID of version 7, as far as it is looked at. */
function newId(): string {
  return randomUUID().replace(/^(?<head>.{14})4/u, "$<head>7");
}
