import { describe, expect, it } from "vitest";
import { enter, type Guest } from "../../test/guest.ts";
import type { FileUploadQuery, UploadTicket } from "../protocol/files.ts";
import { notebookOf } from "../protocol/notes.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { createMemoryBackend, type MemoryBackend } from "./backend.ts";

const MIB = 1_024 * 1_024;
let minted = 0;
const newId = (): string => `01910000-0000-7000-8000-${(minted += 1).toString(16).padStart(12, "0")}`;

const clock = virtualClock(1_000);

async function setUp(): Promise<{
  readonly backend: MemoryBackend;
  readonly ada: Guest;
  readonly bob: Guest;
}> {
  const conversations = [
    { conversationId: "general" },
    { conversationId: "private", participants: [{ userId: "ada" }] },
  ];
  const backend = createMemoryBackend({ clock, conversations });
  return {
    backend,
    ada: await enter(backend.transport("ada")),
    bob: await enter(backend.transport("bob")),
  };
}

const upload = (more: Partial<FileUploadQuery> = {}): FileUploadQuery => ({
  ...{ type: "file.upload", conversationId: "general", fileId: newId() },
  ...{ name: "a.png", size: 3, mediaType: "image/png" },
  ...more,
});

const put = (backend: MemoryBackend, ticket: UploadTicket, bytes: readonly number[]) =>
  Promise.all(
    ticket.parts.map(({ url, headers }, index) =>
      backend.fetch(url, { method: "PUT", headers, body: new Uint8Array(bytes[index] ?? 0) }),
    ),
  );

const on = ({ conversationId, fileId }: FileUploadQuery) => ({ conversationId, fileId });

/** Uploads and sends. */
async function show(backend: MemoryBackend, { link }: Guest, asked: FileUploadQuery): Promise<void> {
  await put(backend, await link.query(asked), [asked.size]);
  await link.query({ type: "file.complete", ...on(asked), parts: [] });
  const { fileId, name, mediaType: type, size } = asked;
  const attachments = [{ fileId, name, type, size, kind: "image" }] as const;
  await send(link, asked.conversationId, attachments);
}

const send = (link: Guest["link"], conversationId: string, attachments: readonly object[]) =>
  link.submit({
    ...{ type: "message.send", commandId: newId(), conversationId, at: 0, kind: "text" },
    content: Object({ text: "", attachments }),
  });

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "ok",
    (error: unknown) => Object(error).code,
  );

describe("files of the in-memory backend", () => {
  it("are put into no direct conversation of two whom a block parts", async () => {
    const { ada, bob } = await setUp();
    const conversationId = newId();
    await ada.link.submit({
      ...{ type: "conversation.create", commandId: newId(), conversationId, at: 0, kind: "direct" },
      participants: [{ userId: "bob" }],
    });
    const begun = upload({ conversationId });
    await bob.link.query(begun);
    const notebook = notebookOf("ada");
    const noted = { conversationId: notebook, at: 0 };
    const subject = { kind: "block", conversationId: notebook, userId: "bob" } as const;
    await ada.link.submit({ type: "note.set", commandId: newId(), ...noted, subject, value: {} });
    const apart = "participant/unreachable";
    const asked = [bob.link.query(upload({ conversationId })), ada.link.query(upload({ conversationId }))];
    expect(await Promise.all(asked.map(codeOf))).toEqual([apart, apart]);
    expect(await codeOf(bob.link.query(upload()))).toBe("ok");
    expect(await codeOf(bob.link.query({ type: "file.cancel", ...on(begun) }))).toBe("ok");
    await ada.link.submit({ type: "note.clear", commandId: newId(), ...noted, subject });
    expect(await codeOf(bob.link.query(upload({ conversationId })))).toBe("ok");
  });

  it("are put, completed, sent and read by whoever is there (rows G1, G8)", async () => {
    const { backend, ada, bob } = await setUp();
    const asked = upload({ size: 6 * MIB });
    const ticket = await ada.link.query(asked);
    expect(ticket).toMatchObject({ partBytes: 5 * MIB, received: [], expiresAt: 3_601_000 });
    const answers = await put(backend, ticket, [5 * MIB, MIB]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await ada.link.query(asked)).received).toEqual([1, 2]);
    const parts = answers.map(({ headers }, index) => ({
      number: index + 1,
      etag: headers.get("etag") ?? "",
    }));
    const ready = { fileId: asked.fileId, state: "ready", mediaType: "image/png", size: 6 * MIB };
    expect(await ada.link.query({ type: "file.complete", ...on(asked), parts })).toEqual(ready);
    expect(await ada.link.query({ type: "file.complete", ...on(asked), parts })).toEqual(ready);
    const download = { type: "file.download", ...on(asked) } as const;
    expect(await codeOf(bob.link.query(download))).toBe("file/not-found");
    const shown = { fileId: asked.fileId, name: "a.png", kind: "image", type: "image/gif", size: 1 };
    const { changes } = await send(ada.link, "general", [shown]);
    expect(changes[0]?.record).toMatchObject({
      content: { attachments: [{ ...shown, type: "image/png", size: 6 * MIB }] },
    });
    const { url } = await bob.link.query(download);
    const bytes = await (await fetch(url)).arrayBuffer();
    expect(bytes.byteLength).toBe(6 * MIB);
  });

  it("[D8] are nothing to those who are not where they are shown, until they are forwarded there", async () => {
    const { backend, ada, bob } = await setUp();
    const asked = upload({ conversationId: "private" });
    await show(backend, ada, asked);
    const { fileId } = asked;
    const here = { fileId, conversationId: "general" };
    expect(await codeOf(bob.link.query({ type: "file.download", ...on(asked) }))).toBe(
      "conversation/not-found",
    );
    for (const type of ["file.download", "file.state", "file.cancel"] as const)
      expect([type, await codeOf(bob.link.query({ type, ...here }))]).toEqual([type, "file/not-found"]);
    const shown = { fileId, name: "a.png", kind: "image", type: "image/png", size: 3 };
    expect(await codeOf(send(bob.link, "general", [shown]))).toBe("file/not-found");
    expect(await codeOf(send(ada.link, "general", [shown]))).toBe("ok");
    expect(await codeOf(bob.link.query({ type: "file.download", ...here }))).toBe("ok");
    expect(await codeOf(bob.link.query({ ...asked, ...here }))).toBe("command/id-taken");
  });

  it("are refused as a server refuses them (row G3)", async () => {
    const { backend, ada } = await setUp();
    const ask = (more: Partial<FileUploadQuery>) => codeOf(ada.link.query(upload(more)));
    expect(await ask({ size: 11 * MIB })).toBe("file/too-large");
    expect(await ask({ mediaType: "text/html" })).toBe("file/type-refused");
    const asked = upload();
    const ticket = await ada.link.query(asked);
    const [part] = ticket.parts;
    const statusOf = async (headers: Record<string, string>, size: number, url = part?.url ?? "") =>
      (await backend.fetch(url, { method: "PUT", headers, body: new Uint8Array(size) })).status;
    expect(await statusOf({ "content-type": "text/html" }, 3)).toBe(403);
    expect(await statusOf(part?.headers ?? {}, 4)).toBe(403);
    expect(await statusOf(part?.headers ?? {}, 3, `${part?.url}0`)).toBe(403);
    const complete = { type: "file.complete", ...on(asked) } as const;
    expect(await codeOf(ada.link.query({ ...complete, parts: [] }))).toBe("file/damaged");
    await put(backend, ticket, [3]);
    expect(await codeOf(ada.link.query({ ...complete, parts: [{ number: 1, etag: "x" }] }))).toBe(
      "file/damaged",
    );
    expect(await codeOf(ada.link.query({ type: "file.cancel", ...on(asked) }))).toBe("ok");
    expect(await codeOf(ada.link.query({ ...complete, parts: [] }))).toBe("file/not-found");
    await show(backend, ada, upload());
    const { files: _files, ...limits } = defaultPolicy.limits;
    backend.setPolicy({ ...defaultPolicy, rates: [], limits });
    expect(await ask({})).toBe("command/unsupported");
  });

  it("are ten an hour of each person, previews apart (row D12)", async () => {
    const { ada, bob } = await setUp();
    const first = upload();
    await ada.link.query(first);
    for (let count = 1; count < 10; count += 1) await ada.link.query(upload());
    expect(await codeOf(ada.link.query(upload()))).toBe("file/quota");
    expect(await codeOf(ada.link.query(first))).toBe("ok");
    expect(await codeOf(bob.link.query(upload()))).toBe("ok");
    const preview = { previewOf: first.fileId };
    const shown = upload(preview);
    expect(await codeOf(ada.link.query(shown))).toBe("ok");
    expect(await codeOf(ada.link.query(upload({ previewOf: shown.fileId })))).toBe("file/not-found");
    expect(await codeOf(ada.link.query(upload(preview)))).toBe("ok");
    expect(await codeOf(ada.link.query(upload(preview)))).toBe("file/quota");
    expect(await codeOf(bob.link.query(upload(preview)))).toBe("file/not-found");
    await clock.advance(3_600_000);
    expect(await codeOf(ada.link.query(upload()))).toBe("ok");
  });

  it("[D8] are kept for whoever plans a message with them, and shown to nobody else before it is sent (row I1)", async () => {
    const { backend, ada, bob } = await setUp();
    const asked = upload();
    await put(backend, await ada.link.query(asked), [3]);
    await ada.link.query({ type: "file.complete", ...on(asked), parts: [] });
    const { fileId, name, mediaType: type, size } = asked;
    const content = { text: "", attachments: [{ fileId, name, type, size, kind: "image" }] } as const;
    const common = { at: 0, conversationId: notebookOf("ada") } as const;
    const subject = { kind: "scheduled", conversationId: "general", messageId: newId() } as const;
    const value = { dueAt: clock.now() + 5_000, message: { kind: "text", content } } as const;
    await ada.link.submit({ type: "note.set", commandId: newId(), ...common, subject, value });
    const download = { type: "file.download", ...on(asked) } as const;
    const cancel = { type: "file.cancel", ...on(asked) } as const;
    expect(await codeOf(ada.link.query(cancel))).toBe("file/denied");
    expect(await codeOf(bob.link.query(download))).toBe("file/not-found");
    expect(await codeOf(send(bob.link, "general", content.attachments))).toBe("file/not-found");
    expect(await codeOf(ada.link.query(download))).toBe("ok");
    await clock.advance(5_001);
    expect(backend.messages("general")).toMatchObject([{ id: subject.messageId, content }]);
    expect(await codeOf(bob.link.query(download))).toBe("ok");
  });
});
