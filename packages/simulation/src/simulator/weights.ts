import type { Setting } from "./setting.ts";

/** What people do, and how often. */
const acts = {
  send: 14,
  reply: 2,
  edit: 3,
  delete: 1,
  react: 4,
  unreact: 2,
  pin: 0.7,
  unpin: 0.5,
  markRead: 3,
  rename: 0.5,
  type: 0.7,
  leave: 0.5,
  join: 1,
  remove: 0.7,
  add: 1,
  retry: 1,
  cancel: 0.5,
  loadOlder: 0.7,
  disconnect: 0.4,
  connect: 1,
  close: 0.3,
  giveUp: 1.5,
  note: 3,
  unnote: 1.5,
  draft: 2,
  plan: 1.5,
  replan: 0.7,
  unplan: 0.5,
  remind: 0.7,
  thread: 1.5,
  poll: 2,
  vote: 5,
  closePoll: 0.7,
  forward: 1.5,
} as const;

/** What people do with files, where there are any. */
const fileActs = {
  attach: 9,
  addFile: 3,
  sendFile: 3,
  planFile: 4,
  pauseFile: 2,
  resumeFile: 2.5,
  cancelFile: 1.5,
  callOff: 1,
} as const;

/** What people do about people they want nothing to do with. */
const contactActs = {
  block: 4,
  unblock: 3,
  report: 3,
  type: 3,
} as const;
export type ActName =
  keyof typeof acts | keyof typeof fileActs | keyof typeof contactActs | keyof typeof retentionActs;

/** What goes wrong, and how often. Some of it lasts until `heal`. */
const faults = {
  cut: 3,
  halfOpen: 1.5,
  outage: 1,
  slow: 1,
  losePush: 3,
  doublePush: 1.5,
  latePush: 2,
  loseAnswer: 2,
  loseSubmit: 0.7,
  doubleSubmit: 1.5,
  crash: 2,
  doom: 3,
  powerCut: 1,
  sleep: 1,
  clockForward: 0.7,
  clockBack: 0.7,
  networkGone: 0.7,
  networkBack: 0.7,
  diskFull: 0.7,
  diskFails: 0.7,
  diskSlow: 0.7,
  tokenExpired: 0.7,
  tokenShort: 0.7,
  tokenFails: 0.5,
  tokenRefused: 0.7,
  serverCrash: 1,
  serverDoom: 2,
  serverPower: 0.5,
  serverStop: 0.5,
  restore: 1,
  refuseCommit: 1,
  forgetCommit: 1,
  loseEvent: 1,
  sickStore: 1,
  slowStore: 2,
  heal: 5,
} as const;

/** What goes wrong with files, where there are any. */
const fileFaults = {
  loseQuestion: 2,
  doubleQuestion: 1,
  lateAnswer: 2,
  loseFileAnswer: 1.5,
  losePart: 2,
  losePartAnswer: 2,
  doublePart: 2,
  stalePart: 1.5,
  slowParts: 1.5,
  fullForBytes: 1,
  depotFails: 2,
  depotForgets: 1.5,
  depotSlow: 1,
  scanFails: 1,
  scanHangs: 0.7,
  shortTickets: 1,
  sweep: 1.5,
} as const;

/** What is done about old messages, where somebody wants them gone. */
const retentionActs = { retain: 3 } as const;
const retentionFaults = { tidy: 5 } as const;

export type FaultName = keyof typeof faults | keyof typeof fileFaults | keyof typeof retentionFaults;

const all = {
  acts: { ...acts, ...fileActs, ...contactActs, ...retentionActs },
  faults: { ...faults, ...fileFaults, ...retentionFaults },
};
export const actNames: readonly string[] = Object.keys(all.acts);
export const faultNames: readonly string[] = Object.keys(all.faults);

export interface Weights {
  readonly acts: Readonly<Partial<Record<ActName, number>>>;
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
}

/** How often each thing happens in a run of such a setting. */
export function weightsIn({
  files,
  contacts,
  retention,
}: Pick<Setting, "files" | "contacts" | "retention">): Weights {
  return {
    acts: {
      ...{ ...acts, ...(files && fileActs), ...(contacts && contactActs), ...(retention && retentionActs) },
    },
    faults: { ...faults, ...(files && fileFaults), ...(retention && retentionFaults) },
  };
}

export function isAct(name: string): name is ActName {
  return name in all.acts;
}

export function isFault(name: string): name is FaultName {
  return name in all.faults;
}
