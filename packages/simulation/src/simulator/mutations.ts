import { contactMutations } from "./contact-mutations.ts";
import type { Mutation } from "./mutation.ts";

/**
 * Defects that a messaging system of this kind could have, each of which the simulation must find. `mutation-hook.mjs`
 * puts one into the sources as a worker loads them; a test fails when a text no longer occurs.
 */
export const mutations: readonly Mutation[] = [
  {
    name: "ack before commit",
    file: "server/src/engine/commits.ts",
    from: "    const outcomes = await this.#store(items);",
    to: `    for (const { reply, command: { commandId } } of items)
      if (reply) this.#options.outbound.push(reply.session, ackPacket(reply.id, { commandId, changes: [] }));
    this.#options.outbound.flush();
    const outcomes = await this.#store(items);`,
  },
  {
    name: "membership check missing at fan-out",
    file: "server/src/engine/fan-out.ts",
    from: "if (user) this.#roster.expel(user, live);",
    to: "",
  },
  {
    name: "membership check missing at queries",
    file: "server/src/store/libsql/queries/queries.ts",
    from: "self && mayRead(self) ?",
    to: "self ?",
  },
  {
    name: "lane not in order",
    file: "server/src/engine/lanes.ts",
    from: "return number === expectedOf(lane) ||",
    to: "return number > 0 ||",
  },
  {
    name: "receipts not monotonic",
    file: "core/src/domain/receipt.ts",
    from: "...highest(was, wanted), at",
    to: "...wanted, at",
  },
  {
    name: "heartbeat without heads",
    file: "server/src/engine/reception.ts",
    from: "heads: movedHeads(session, user, n, seen, roster.moves)",
    to: "heads: movedHeads(session, user, n, seen, roster.moves).slice(0, 0)",
  },
  {
    name: "a commit whose answer was lost is not told",
    file: "server/src/engine/commits.ts",
    from: 'this.#options.bus.publish([{ type: "lost", conversationIds, userIds, isUnderWay: true }]);',
    to: "",
  },
  {
    name: "a change that the bus lost is not read again",
    file: "server/src/engine/repair/repairs.ts",
    from: "if (live && this.#sequencer.heard(conversationId) >= rev) return;",
    to: "if (rev >= 0) return;",
  },
  {
    name: "server forgets what it answered",
    file: "server/src/store/settle.ts",
    from: "if (remembered) return recall",
    to: 'if (remembered && command.type === "message.send") return recall',
  },
  {
    name: "resend without id",
    file: "core/src/outbox/outbox.ts",
    from: "on.submit(entry.command).then(",
    to: `on.submit(
      entry.attempts > 1 ? { ...entry.command, commandId: options.nextId() } : entry.command,
    ).then(`,
  },
  {
    name: "a command that comes back goes to the end of its lane",
    file: "core/src/outbox/lane.ts",
    from: "return { ...add(rest, one), isRewinding: rest.flying.size > 0 };",
    to: `one.turn += 65_536;
  return { ...add(rest, one), isRewinding: rest.flying.size > 0 };`,
  },
  {
    name: "command erased when it leaves",
    file: "core/src/outbox/outbox.ts",
    from: "    entry.attempts += 1;",
    to: "    entry.attempts += 1;\n    journal.erase(entry.command.commandId);",
  },
  {
    name: "promise before the command is stored",
    file: "core/src/client/core.ts",
    from: "    await entry.stored;",
    to: "",
  },
  {
    name: "restart that drops the outbox",
    file: "core/src/outbox/outbox.ts",
    from: "const unknown = commands.filter(({ command }) => !entries.has(command.commandId));",
    to: "const unknown = commands.filter(() => false);",
  },
  {
    name: "what waits goes in the order of the clock",
    file: "core/src/outbox/turns.ts",
    from: "(latest = Math.max(clock.now(), latest + STEP))",
    to: "(latest = clock.now())",
  },
  {
    name: "overlay not dropped on reject",
    file: "core/src/client/progress.ts",
    from: "if (isOver || isUndone) return",
    to: "if (isUndone) return;\n  if (isOver) return",
  },
  {
    name: "cursor moved before the records are in",
    file: "core/src/timeline/confirmed.ts",
    from: `      const [news] = absorbNews([record]);
      revisions.see(rev, rev);`,
    to: `      revisions.see(rev, rev);
      const [news] = absorbNews([record]);`,
  },
  {
    name: "rev gap ignored",
    file: "core/src/timeline/revisions.ts",
    from: "if (cursor !== undefined && from <= cursor + 1 && seen.length === 0) {",
    to: "if (cursor !== undefined) {",
  },
  {
    name: "skip gap repair",
    file: "core/src/timeline/revisions.ts",
    from: "if (cursor === undefined || cursor >= head) return undefined;",
    to: "if (cursor === undefined || cursor < Infinity) return undefined;",
  },
  {
    name: "dedupe by content",
    file: "core/src/timeline/messages.ts",
    from: "        const { id, seq } = message;",
    to: `        const { id, seq } = message;
        const text = JSON.stringify([message.authorId, message.content]);
        const held0 = slots.slice(0, slots.size).map((slot) => slot.message);
        if (held0.some((other) => other.id !== id && JSON.stringify([other.authorId, other.content]) === text)) continue;`,
  },
  {
    name: "order by client time",
    file: "core/src/timeline/items.ts",
    from: "const items = skipped === 0 && placed.length === count ? placed : placed.slice(skipped, skipped + count);",
    to: `const items = placed
      .slice(skipped, skipped + count)
      .sort((one, other) => (one.message?.sentAt ?? 0) - (other.message?.sentAt ?? 0));`,
  },
  {
    name: "unread by increment",
    file: "core/src/timeline/confirmed.ts",
    from: "isUnread: ({ authorId, deletedAt }) => authorId !== reader && deletedAt === undefined,",
    to: "isUnread: ({ authorId }) => authorId !== reader,",
  },
  {
    name: "an older note takes the place of a newer one",
    file: "core/src/timeline/notes.ts",
    from: "if (note.rev > (byId.get(id)?.rev ?? 0)) byId.set(id, note);",
    to: "byId.set(id, note);",
  },
  {
    name: "notes missing from what is caught up on",
    file: "server/src/store/libsql/queries/catch-up.ts",
    from: 'if (kinds.includes("note")) rows.push(...notes.all(key, afterRev, limit));',
    to: "",
  },
  {
    name: "a vote counted twice",
    file: "core/src/domain/poll.ts",
    from: "const had = poll.options.map((_, option) => records.hasReacted(messageId, userId, optionMark(option)));",
    to: "const had = poll.options.map(() => false);",
  },
  {
    name: "a vote taken of a poll that has ended",
    file: "core/src/domain/poll.ts",
    from: 'if (role !== "system" && !isOpen(message, at)) return "poll/closed";',
    to: "",
  },
  {
    name: "an anonymous vote that says whose it was",
    file: "core/src/domain/poll.ts",
    from: "poll.anonymous ? { ...made, actorId: message.authorId }",
    to: "poll.anonymous ? made",
  },
  {
    name: "a plan let go before it is sent",
    file: "server/src/engine/plans.ts",
    from: "const outcome = answered(await commits.request({ userId, plannedAt: note.at }, send));",
    to: "await put();\n  const outcome = answered(await commits.request({ userId, plannedAt: note.at }, send));",
  },
  {
    name: "a plan that was refused let go without a word",
    file: "server/src/engine/plans.ts",
    from: "await put(code === undefined ? undefined : { ...value, code });",
    to: "await put();",
  },
  {
    name: "an upload is called ready when its last part has arrived",
    file: "core/src/uploads/machine.ts",
    from: 'const phase = sent.size === partsOf(job) ? "completing" : "uploading";',
    to: 'const phase = sent.size === partsOf(job) ? "ready" : "uploading";',
  },
  {
    name: "a message let out before its files are ready",
    file: "core/src/uploads/gate.ts",
    from: 'return found === undefined || (found !== "unknown" && found.job.phase === "ready");',
    to: 'return found !== "unknown";',
  },
  {
    name: "a plan that does not wait for its files",
    file: "core/src/uploads/gate.ts",
    from: 'return command.type === "note.set" ? filesPlanned(command) : [];',
    to: "return [];",
  },
  {
    name: "clean-up takes the files of what is planned",
    file: "server/src/store/libsql/files.ts",
    from: "renew(key, holderOf(key, note), filesPlanned(note));",
    to: "renew(key, holderOf(key, note), []);",
  },
  {
    name: "what is about a message that failed waits for its files",
    file: "core/src/uploads/registry.ts",
    from: 'if (status === "failed" || status === "cancelled") gate.review();',
    to: "",
  },
  {
    name: "bytes of a file that has arrived stay on the device",
    file: "core/src/uploads/store.ts",
    from: '...gone.map((key): StorageOperation => ({ type: "delete", key })),',
    to: "",
  },
  {
    name: "clean-up takes the files of messages that wait",
    file: "server/src/store/files.ts",
    from: "export const UNSHOWN_MS = 86_400_000;",
    to: "export const UNSHOWN_MS = 1_000;",
  },
  {
    name: "a file is shown before anybody has looked through it",
    file: "server/src/files/desk.ts",
    from: 'const state = fault ? "refused" : scan ? "scanning" : "ready";',
    to: 'const state = fault ? "refused" : "ready";',
  },
  {
    name: "a file that no message shows is handed to whoever asks",
    file: "server/src/files/desk.ts",
    from: "return file && (isOwn || isShown) ?",
    to: "return file ?",
  },
  ...contactMutations,
  {
    name: "one message more is deleted than nobody wants",
    file: "server/src/store/upkeep.ts",
    from: "seq > headSeq - newest)",
    to: "seq > headSeq - newest + 1)",
  },
  {
    name: "what is not kept any more stays on the screen",
    file: "core/src/timeline/confirmed.ts",
    from: "messages.prune(record.floorSeq ?? 0);",
    to: "",
  },
  {
    name: "nobody is told of what is not kept any more",
    file: "server/src/housekeeping.ts",
    from: "await perform({ userId: SYSTEM, isSystem: true }, command);",
    to: "if (command.at < 0) await perform({ userId: SYSTEM, isSystem: true }, command);",
  },
  {
    name: "new epoch ignored",
    file: "core/src/timeline/replica.ts",
    from: "const isAnother = epoch !== undefined && epoch !== next;",
    to: "const isAnother = false;",
  },
];
