import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mint, outcome, withCast } from "../../test/ledger.ts";
import { attachment as attachmentSchema } from "../protocol/file-schemas.ts";
import type { Attachment } from "../protocol/files.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import type { MessageContent } from "../protocol/records.ts";
import { uploadObstacle } from "./apply.ts";
import { attachmentsOf, fileFault, fileNameOf, filesIn, isAllowedType } from "./attachments.ts";
import type { KnownFile } from "./types.ts";

const picture = (more: Partial<Attachment> = {}): Attachment => ({
  ...{ fileId: mint(), kind: "image", name: "a.png", type: "image/png", size: 10 },
  ...more,
});

const showing = (...attachments: readonly Attachment[]): { readonly text: string } & MessageContent => ({
  text: "",
  attachments,
});

const send = (...attachments: readonly Attachment[]) =>
  ({ type: "message.send", kind: "text", content: showing(...attachments) }) as const;

/** A backend that knows these files. */
const backend = (files: Readonly<Record<string, Partial<KnownFile>>>) =>
  withCast("group", (fileId) => {
    const file = files[fileId];
    return file && { isTheirs: true, isReady: true, mediaType: "image/png", size: 10, ...file };
  });

/** Among whatever else there is: what NFC makes more of, less of, or something else. */
const signs = fc.oneof(
  fc.constantFrom("\u{1D160}", "\u{1D15E}", "\uFB2C", "u\u0308", "\u0344", "\u037E", "\u212B", "a", "."),
  fc.integer({ min: 0x20, max: 0x10_ff_ff }).map((code) => String.fromCodePoint(code)),
);
const names = fc
  .tuple(fc.array(signs, { maxLength: 300 }), fc.constantFrom(1, 85, 255))
  .map(([few, times]) => Array.from(few.join("").repeat(times)).slice(0, 255).join(""))
  .filter((name) => attachmentSchema.safeParse(picture({ name })).success);

describe("the name of a file", () => {
  it("is in NFC, but where the protocol would not take it any more", () => {
    expect(fileNameOf("Mu\u0308ller.png")).toBe("Müller.png");
    const most = "\u{1D160}".repeat(85);
    expect(Array.from(fileNameOf(most))).toHaveLength(255);
    expect(fileNameOf(`${most}a`)).toBe(`${most}a`);
  });

  it("is taken by the protocol again, whatever was sent", () => {
    fc.assert(
      fc.property(names, (name) => {
        const shown = picture({ name });
        const { changes } = backend({ [shown.fileId]: {} }).do("mike", send(shown));
        const [{ record } = { record: undefined }] = changes;
        if (record?.type !== "message") throw new Error("no message");
        const [stored] = attachmentsOf(record.content);
        expect(attachmentSchema.safeParse(stored).success).toBe(true);
        expect(stored?.name.normalize()).toBe(name.normalize());
      }),
    );
  });
});

describe("a message with files", () => {
  it("needs no text, and shows what a client says of them until the backend has looked (row G8)", () => {
    const ledger = withCast();
    const shown = picture({ type: "image/webp" });
    const { changes } = ledger.do("mike", send(shown));
    expect(changes[0]?.record).toMatchObject({ content: { text: "", attachments: [shown] } });
    expect(outcome(ledger.try("mike", { type: "message.send", kind: "text", content: showing() }))).toBe(
      "draft/empty",
    );
  });

  it("says of its files what the backend found, not what the sender says", () => {
    const [lie, clip, voice] = [
      picture({ name: "Mu\u0308ller.png", width: 4 }),
      picture({ kind: "video" }),
      picture({ kind: "voice" }),
    ];
    const ledger = backend({
      [lie.fileId]: { mediaType: "application/zip", size: 77 },
      [clip.fileId]: { mediaType: "video/mp4" },
      [voice.fileId]: { mediaType: "audio/webm" },
    });
    const { changes } = ledger.do("mike", send(lie, clip, voice));
    const [{ record } = { record: undefined }] = changes;
    if (record?.type !== "message") throw new Error("no message");
    expect(attachmentsOf(record.content)).toEqual([
      { ...lie, kind: "file", name: "Müller.png", type: "application/zip", size: 77 },
      { ...clip, type: "video/mp4" },
      { ...voice, type: "audio/webm" },
    ]);
  });

  it.each([
    ["file/not-found", { isTheirs: false, isReady: false, fault: "file/infected" }],
    ["file/not-ready", { isReady: false }],
    ["file/infected", { isReady: false, fault: "file/infected" }],
  ] as const)("is refused with %s if that is what one of its files is: %j", (code, file) => {
    for (const part of ["fileId", "thumbnailId", "posterId"] as const) {
      const bad = mint();
      const shown = picture({ [part]: bad });
      const ledger = backend({ [shown.fileId]: {}, [bad]: file });
      expect([part, outcome(ledger.try("mike", send(shown)))]).toEqual([part, code]);
    }
    expect(outcome(backend({}).try("mike", send(picture())))).toBe("file/not-found");
  });

  it("is refused where there are no files, where there are too many, and where one is there twice", () => {
    const { files, ...none } = defaultPolicy.limits;
    const ledger = withCast();
    expect(outcome(ledger.try("mike", send(picture()), { limits: none }))).toBe("command/unsupported");
    if (!files) throw new Error("the product keeps files");
    const limits = { ...none, files: { ...files, perMessage: 2 } };
    expect(outcome(ledger.try("mike", send(picture(), picture(), picture()), { limits }))).toBe(
      "draft/invalid",
    );
    const twice = picture();
    expect(outcome(ledger.try("mike", send(twice, twice)))).toBe("draft/invalid");
  });

  it("is not for those who may not upload (row G9)", () => {
    const ledger = withCast();
    ledger.do("mona", { type: "participant.permissions", userId: "mike", canUpload: false });
    expect(outcome(ledger.try("mike", send(picture())))).toBe("permission/denied");
    const obstacle = (actorId: string) => {
      const context = { actorId, at: 1, limits: defaultPolicy.limits };
      return uploadObstacle(ledger.conversation(), ledger.store.participant(actorId), context);
    };
    expect(obstacle("mike")).toBe("file/denied");
    expect(obstacle("mary")).toBe(undefined);
    expect(obstacle("zoe")).toBe("conversation/not-found");
    ledger.do("mona", { type: "participant.mute", userId: "mary" });
    expect(obstacle("mary")).toBe("permission/muted");
  });

  it("is not for those whose role is less than the policy asks for; who may not upload is told so (row G9)", () => {
    const ledger = withCast();
    const { files, ...others } = defaultPolicy.limits;
    if (!files) throw new Error("the product keeps files");
    const limits = { ...others, files: { ...files, leastRole: "moderator" as const } };
    const tried = (actorId: string) => [
      outcome(ledger.try(actorId, send(picture()), { limits })),
      uploadObstacle(ledger.conversation(), ledger.store.participant(actorId), { actorId, at: 1, limits }),
    ];
    expect(tried("mike")).toEqual(["permission/denied", "file/denied"]);
    expect(tried("mona")).toEqual(["ok", undefined]);
    const words = { type: "message.send", kind: "text", content: { text: "words" } } as const;
    expect(outcome(ledger.try("mike", words, { limits }))).toBe("ok");
    ledger.do("olga", { type: "participant.permissions", userId: "mona", canUpload: false });
    expect(tried("mona")).toEqual(["permission/denied", "file/denied"]);
  });
});

describe("an edit", () => {
  it("that says nothing of files leaves them, without asking for them again", () => {
    const shown = picture();
    const files: Record<string, Partial<KnownFile>> = { [shown.fileId]: {} };
    const ledger = backend(files);
    const { changes } = ledger.do("mike", send(shown));
    const messageId = changes[0]?.commandId ?? "";
    delete files[shown.fileId];
    const edit = (content: MessageContent) => ledger.do("mike", { type: "message.edit", messageId, content });
    edit({ text: "look" });
    expect(ledger.message(messageId).content).toEqual({ text: "look", attachments: [shown] });
    edit({ text: "look", attachments: [{ ...shown, size: 1 }] });
    expect(ledger.message(messageId).content).toEqual({ text: "look", attachments: [shown] });
    edit({ text: "never mind", attachments: [] });
    expect(ledger.message(messageId).content).toEqual({ text: "never mind" });
  });

  it("may add files, which are looked at as in a new message", () => {
    const [known, unknown] = [picture(), picture()];
    const ledger = backend({ [known.fileId]: { size: 99 } });
    const messageId = ledger.say("mike");
    const edit = (shown: Attachment) =>
      ({ type: "message.edit", messageId, content: { text: "x", attachments: [shown] } }) as const;
    expect(outcome(ledger.try("mike", edit(unknown)))).toBe("file/not-found");
    expect(outcome(ledger.try("mike", edit(known)))).toBe("ok");
    expect(ledger.message(messageId).content).toEqual({
      text: "x",
      attachments: [{ ...known, size: 99 }],
    });
  });
});

describe("what a file may be like", () => {
  it("is what the policy says", () => {
    const { files } = defaultPolicy.limits;
    expect(fileFault({ size: 10, mediaType: "image/png" }, files)).toBe(undefined);
    expect(fileFault({ size: 10 * 1_024 * 1_024 + 1, mediaType: "image/png" }, files)).toBe("file/too-large");
    expect(fileFault({ size: 10, mediaType: "application/x-msdownload" }, files)).toBe("file/type-refused");
    expect(fileFault({ size: 10, mediaType: "image/png" }, undefined)).toBe("command/unsupported");
    expect(isAllowedType("application/vnd.oasis.opendocument.text", files?.types ?? [])).toBe(true);
    expect(isAllowedType("imagery/png", ["image/*", "*/png"])).toBe(false);
  });

  it("counts previews of a message once each, and nothing of what is sealed", () => {
    const [one, other] = [picture({ thumbnailId: mint() }), picture()];
    expect(filesIn(showing(one, other))).toEqual([one.fileId, one.thumbnailId, other.fileId]);
    expect(filesIn({ sealed: "AA==", scheme: "x" })).toEqual([]);
  });
});
