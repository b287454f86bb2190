import { existsSync, readdirSync } from "node:fs";
import { defaultPolicy, type FileUploadQuery, notebookOf, type UploadTicket } from "@tidings/core/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServer, type ServerOptions, type TidingsServer } from "../../src/index.ts";
import { type S3Service, startS3 } from "../../src/testing/s3/s3.ts";
import { call } from "../support/api.ts";
import { join, newId, type RawClient } from "../support/raw-client.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const MIB = 1_024 * 1_024;
const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex");

const upload = (more: Partial<FileUploadQuery> = {}): FileUploadQuery => ({
  ...{ type: "file.upload", conversationId: "general", fileId: newId() },
  ...{ name: "a.png", size: PNG.length, mediaType: "image/png" },
  ...more,
});

async function put({ parts, partBytes }: UploadTicket, bytes: Buffer): Promise<readonly number[]> {
  const answers = parts.map(async ({ url, headers, number }) => {
    const body = Buffer.from(bytes.subarray((number - 1) * partBytes, number * partBytes));
    return (await fetch(url, { method: "PUT", headers, body })).status;
  });
  return Promise.all(answers);
}

async function uploaded(client: RawClient, asked: FileUploadQuery, bytes: Buffer) {
  const ticket = await client.query(asked);
  expect(new Set(await put(ticket, bytes))).toEqual(new Set([200]));
  const { conversationId, fileId } = asked;
  return client.query({ type: "file.complete", conversationId, fileId, parts: [] });
}

function showing(conversationId: string, fileId: string) {
  const attachments = [{ fileId, kind: "image", name: "a.png", type: "image/gif", size: 1 }] as const;
  return { type: "message.send", conversationId, kind: "text", content: { text: "", attachments } } as const;
}

/** What every server with files does, wherever their bytes are. */
function serverSuite(name: string, open: () => Promise<ServerOptions>): void {
  describe(`a server with its files in ${name}`, () => {
    let server: TidingsServer;
    const limits = { ...defaultPolicy.limits, files: { ...filesOf(), perHour: 20, bytes: 12 * MIB } };
    beforeAll(async () => {
      server = await createServer({ port: 0, policy: { rates: [], limits }, ...(await open()) });
    });
    afterAll(() => server.close());

    it("takes none for a direct conversation of two whom a block parts (row D10)", async () => {
      const [gil, hal] = [await join(server, "gil"), await join(server, "hal")];
      const conversationId = newId();
      const participants = [{ userId: "hal" }];
      await gil.accepted({ type: "conversation.create", conversationId, kind: "direct", participants });
      const notebook = notebookOf("gil");
      const subject = { kind: "block", conversationId: notebook, userId: "hal" } as const;
      const answers = async (): Promise<unknown> => {
        const asked = [gil, hal].map((client) => client.ask(upload({ conversationId })));
        return (await Promise.all(asked)).map((answer) =>
          answer.type === "reject" ? answer.code : "ticket",
        );
      };
      await gil.accepted({ type: "note.set", conversationId: notebook, subject, value: {} });
      expect(await answers()).toEqual(["participant/unreachable", "participant/unreachable"]);
      expect(await hal.query(upload())).toHaveProperty("parts");
      await gil.accepted({ type: "note.clear", conversationId: notebook, subject });
      expect(await answers()).toEqual(["ticket", "ticket"]);
    });

    it("takes a file, shows it to whoever is there, and to nobody else (rows G1, G8)", async () => {
      const [ada, bob] = [await join(server, "ada"), await join(server, "bob")];
      const group = { type: "conversation.create", conversationId: newId(), kind: "group" } as const;
      await ada.accepted({ ...group, participants: [{ userId: "cyd" }] });
      const { conversationId } = group;
      const asked = upload({ conversationId, size: 11 * MIB, name: "Grüße.png" });
      const bytes = Buffer.concat([PNG, Buffer.alloc(11 * MIB - PNG.length, 7)]);
      const state = await uploaded(ada, asked, bytes);
      const { fileId } = asked;
      expect(state).toEqual({ fileId, state: "ready", mediaType: "image/png", size: 11 * MIB });
      const { changes } = await ada.accepted(showing(conversationId, fileId));
      expect(changes[0]?.record).toMatchObject({
        content: { attachments: [{ type: "image/png", size: 11 * MIB }] },
      });
      const download = { type: "file.download", conversationId, fileId } as const;
      const cyd = await join(server, "cyd");
      const { url } = await cyd.query(download);
      const answer = await fetch(url);
      expect(answer.headers.get("content-disposition")).toContain("inline; filename=");
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
      expect(await bob.ask(download)).toMatchObject({ code: "conversation/not-found" });
      expect(await bob.ask({ ...download, conversationId: "general" })).toMatchObject({
        code: "file/not-found",
      });
      expect((await bob.submit(showing("general", fileId))).type).toBe("reject");
      await cyd.accepted(showing("general", fileId));
      expect(await bob.query({ ...download, conversationId: "general" })).toMatchObject({});
      await cyd.accepted({ type: "participant.leave", conversationId });
      expect(await cyd.ask(download)).toMatchObject({ code: "conversation/not-found" });
    });

    it("shows a forwarded file where it was forwarded to, also once the original is gone (row F6)", async () => {
      const [ada, bob] = [await join(server, "ada"), await join(server, "bob")];
      const group = { type: "conversation.create", conversationId: newId(), kind: "group" } as const;
      await ada.accepted(group);
      const { conversationId } = group;
      const asked = upload({ conversationId });
      await uploaded(ada, asked, PNG);
      const { commandId: messageId } = await ada.accepted(showing(conversationId, asked.fileId));
      const forward = { conversationId, messageId };
      const content = { text: "" };
      await ada.accepted({ type: "message.send", conversationId: "general", kind: "text", content, forward });
      await ada.accepted({ type: "message.delete", conversationId, messageId });
      const download = { type: "file.download", conversationId: "general", fileId: asked.fileId } as const;
      const { url } = await bob.query(download);
      expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(PNG)).toBe(true);
      expect(await bob.ask({ ...download, conversationId })).toMatchObject({
        code: "conversation/not-found",
      });
    });

    it("goes on with an upload that was cut off (row G1)", async () => {
      const ada = await join(server, "ada");
      const asked = upload({ size: 6 * MIB });
      const bytes = Buffer.concat([PNG, Buffer.alloc(6 * MIB - PNG.length)]);
      const ticket = await ada.query(asked);
      await put({ ...ticket, parts: ticket.parts.slice(0, 1) }, bytes);
      const again = await ada.query(asked);
      expect([again.received, again.parts.length]).toEqual([[1], 2]);
      await put({ ...again, parts: again.parts.slice(1) }, bytes);
      const { conversationId, fileId } = asked;
      const complete = { type: "file.complete", conversationId, fileId, parts: [] } as const;
      expect(await ada.query(complete)).toMatchObject({ state: "ready" });
      expect(await ada.query(complete)).toMatchObject({ state: "ready" });
      expect(await ada.query(asked)).toMatchObject({ parts: [], received: [] });
    });

    it("answers the same over HTTP", async () => {
      const token = await server.issueToken("hal");
      await (await join(server, "hal")).close();
      const { type: _type, conversationId, ...body } = upload();
      const path = `/v1/conversations/${conversationId}/files`;
      const ticket = await call(server, `POST ${path}`, { token, body });
      expect(ticket.status).toBe(200);
      await put(ticket.json as UploadTicket, PNG);
      const on = `${path}/${body.fileId}`;
      expect((await call(server, `POST ${on}/complete`, { token, body: { parts: [] } })).json).toMatchObject({
        state: "ready",
      });
      expect((await call(server, `GET ${on}`, { token })).json).toMatchObject({ state: "ready" });
      const { json } = await call(server, `GET ${on}/download`, { token });
      expect((await fetch((json as { url: string }).url)).status).toBe(200);
      expect((await call(server, `DELETE ${on}`, { token })).status).toBe(200);
      expect((await call(server, `GET ${on}`, { token })).status).toBe(404);
      const large = await call(server, `POST ${path}`, { token, body: { ...body, size: 13 * MIB } });
      expect([large.status, Object(large.json).code]).toEqual([413, "file/too-large"]);
    });

    it("takes everything of a person along when they are erased (row D25)", async () => {
      const [eve, bob] = [await join(server, "eve"), await join(server, "bob")];
      const asked = upload();
      await uploaded(eve, asked, PNG);
      await eve.accepted(showing("general", asked.fileId));
      const download = { type: "file.download", conversationId: "general", fileId: asked.fileId } as const;
      const { url } = await bob.query(download);
      expect((await fetch(url)).status).toBe(200);
      await server.eraseUser("eve");
      expect((await fetch(url)).status).toBe(404);
      expect(await bob.ask(download)).toMatchObject({ code: "file/not-found" });
    });

    it("lets nobody upload who may not write, or not upload, and nobody more than they may (row G9)", async () => {
      const [ada, dan] = [await join(server, "owner"), await join(server, "dan")];
      const conversationId = newId();
      await ada.accepted({
        ...{ type: "conversation.create", conversationId, kind: "group" },
        participants: [{ userId: "dan" }],
      });
      const denied = { type: "participant.permissions", conversationId, userId: "dan" } as const;
      await ada.accepted({ ...denied, canUpload: false });
      expect(await dan.ask(upload({ conversationId }))).toMatchObject({ code: "file/denied" });
      await ada.accepted({ type: "participant.mute", conversationId, userId: "dan" });
      expect(await dan.ask(upload({ conversationId }))).toMatchObject({ code: "permission/muted" });
      expect(await dan.ask(upload({ mediaType: "text/html" }))).toMatchObject({ code: "file/type-refused" });
      for (let count = 0; count < 20; count += 1) await dan.query(upload());
      const refused = await dan.ask(upload());
      expect(refused).toMatchObject({ code: "file/quota", retryable: true });
      expect(Object(refused).retryAfterMs).toBeGreaterThan(3_000_000);
    });
  });
}

function filesOf() {
  const { files } = defaultPolicy.limits;
  if (!files) throw new Error("the product keeps files");
  return files;
}

serverSuite("a folder", async () => ({}));

let service: S3Service;
afterAll(() => service.close());
serverSuite("S3", async () => {
  service = await startS3();
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = service;
  return { files: { s3: { endpoint, bucket, region, accessKeyId, secretAccessKey, isPathStyle: true } } };
});

describe("where files are", () => {
  it("is beside the database, and nowhere if so wanted", async () => {
    const dataFile = temporaryFile("chat.db");
    const server = await createServer({ port: 0, dataFile });
    const ada = await join(server, "ada");
    const asked = upload();
    await uploaded(ada, asked, PNG);
    expect(readdirSync(`${dataFile}.files/kept`)).toEqual([asked.fileId.slice(-2)]);
    const { url } = await ada.query({
      type: "file.download",
      conversationId: "general",
      fileId: asked.fileId,
    });
    const answer = await fetch(url, { headers: { range: "bytes=90-" } });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([416, `bytes */${PNG.length}`]);
    const whole = await fetch(url);
    expect(whole.headers.get("x-content-type-options")).toBe("nosniff");
    expect(whole.headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
    expect(whole.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    await server.close();
    const without = await createServer({ port: 0, dataFile, files: false });
    const again = await join(without, "ada");
    expect(again.all("welcome")[0]?.welcome.policy.limits.files).toBe(undefined);
    expect(await again.ask(upload())).toMatchObject({ code: "command/unsupported" });
    expect((await again.submit(showing("general", asked.fileId))).type).toBe("reject");
    await without.close();
    expect(existsSync(`${dataFile}.files`)).toBe(true);
  });
});
