import type { NoteRecord } from "@tidings/core/protocol";
import { directTransport } from "../backend.ts";
import { withLink } from "../history.ts";
import type { ServerProcess } from "../server-process.ts";
import type { NotesFace } from "./face.ts";

const PAGE = 100;

/** What stands in everybody's notebook at the server, read as each of them. */
export async function readNotes(
  server: ServerProcess,
  people: readonly string[],
): Promise<ReadonlyMap<string, NotesFace>> {
  const found = new Map<string, NotesFace>();
  for (const userId of people) found.set(userId, noteFace(await notesOf(server, userId)));
  return found;
}

async function notesOf(server: ServerProcess, userId: string): Promise<readonly NoteRecord[]> {
  const notes: NoteRecord[] = [];
  await withLink(directTransport(server), await server.token(userId), async (link) => {
    let after: string | undefined;
    do {
      const query = { type: "notes", conversationId: `~/${userId}`, limit: PAGE } as const;
      const page = await link.query(after === undefined ? query : { ...query, after });
      notes.push(...page.items);
      after = page.next;
    } while (after !== undefined);
  });
  return notes;
}

function noteFace(notes: readonly NoteRecord[]): NotesFace {
  const kept = notes.filter(({ value }) => value !== undefined);
  const of = (kind: string, name: (note: NoteRecord) => string | undefined): readonly string[] =>
    kept.flatMap((note) => (note.subject.kind === kind ? (name(note) ?? []) : [])).sort();
  return {
    hidden: of("hidden", ({ subject }) => subject.messageId),
    blocked: of("block", ({ subject }) => subject.userId),
    planned: of("scheduled", ({ value }) =>
      value?.message && "text" in value.message.content ? value.message.content.text : "",
    ),
  };
}
