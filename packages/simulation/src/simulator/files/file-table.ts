import type { FileRecord, FileTable } from "@tidings/server/store";

/** Something done to the table of files: as a backup does it again. */
export type FileEffect = (table: FileTable) => Promise<unknown>;

/** Told of what the table says. */
export interface FileTableListener {
  /** It will be in every backup from now on. */
  did(effect: FileEffect): void;
  /** A file is written down, and in this state. `undefined`: it is not any more. */
  filed(fileId: string, state: FileRecord["state"] | undefined): void;
}

/**
 * The table of files as one process of the server reaches it.
 *
 * @param reach - takes a call there and its answer back, as far as the process lives.
 */
export function openFileTable(
  table: () => FileTable,
  reach: <T>(work: () => Promise<T>) => Promise<T>,
  listener: FileTableListener,
): FileTable {
  const { did, filed } = listener;
  const write = async <T>(effect: (table: FileTable) => Promise<T>): Promise<T> => {
    did(effect);
    return effect(table());
  };
  const changes = changesOf(filed);
  return {
    open: (file, quota) => reach(() => write((on) => changes.open(on, file, quota))),
    change: (fileId, from, change) => reach(() => write((on) => changes.change(on, fileId, from, change))),
    abandon: (fileId) => reach(() => write((on) => changes.abandon(on, fileId))),
    due: (at) => reach(() => write((on) => changes.due(on, at))),
    remove: (fileIds) => reach(() => write((on) => changes.remove(on, fileIds))),
    find: (fileId) => reach(() => table().find(fileId)),
    isShown: (fileId, conversationId) => reach(() => table().isShown(fileId, conversationId)),
    unscanned: (before) => reach(() => table().unscanned(before)),
  };
}

type Changes = {
  readonly [Name in "open" | "change" | "abandon" | "due" | "remove"]: (
    table: FileTable,
    ...given: Parameters<FileTable[Name]>
  ) => ReturnType<FileTable[Name]>;
};

/** What changes the table, each telling what it came to: also when a backup does it again. */
function changesOf(filed: FileTableListener["filed"]): Changes {
  return {
    async open(table, file, quota) {
      const opened = await table.open(file, quota);
      if (opened.ok) filed(file.fileId, opened.file.state);
      return opened;
    },
    async change(table, fileId, from, change) {
      const changed = await table.change(fileId, from, change);
      if (changed) filed(fileId, changed.state);
      return changed;
    },
    async abandon(table, fileId) {
      const isGone = await table.abandon(fileId);
      if (isGone) filed(fileId, "gone");
      return isGone;
    },
    async due(table, at) {
      const files = await table.due(at);
      for (const { fileId, state } of files) filed(fileId, state);
      return files;
    },
    async remove(table, fileIds) {
      await table.remove(fileIds);
      for (const fileId of fileIds) filed(fileId, undefined);
    },
  };
}
