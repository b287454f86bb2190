import type { DeliveryStatus } from "@tidings/core";

const paths = {
  plus: "M12 5v14M5 12h14",
  back: "m14.5 5-7 7 7 7",
  down: "m5 9.5 7 7 7-7",
  clip: "m19 11-7.5 7.5a4.5 4.5 0 0 1-6.4-6.4L13 4.3a3 3 0 0 1 4.3 4.3l-7.8 7.7a1.5 1.5 0 0 1-2.1-2.1l7-7",
  microphone:
    "M12 4a2.5 2.5 0 0 0-2.5 2.5v5a2.5 2.5 0 0 0 5 0v-5A2.5 2.5 0 0 0 12 4zM6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3",
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8.5 5.5v13m7-13v13",
  check: "m5 12.5 4.5 4.5L19 7",
  file: "M7 3.5h6.5L18 8v12.5H7zM13 4v4.5h4.5",
  link: "M10 14.5a3.6 3.6 0 0 0 5.1 0l3.4-3.4a3.6 3.6 0 0 0-5.1-5.1L12 7.4M14 9.5a3.6 3.6 0 0 0-5.1 0l-3.4 3.4a3.6 3.6 0 0 0 5.1 5.1l1.4-1.4",
  close: "m6.5 6.5 11 11m0-11-11 11",
  send: "M12 19.5v-15m-6.5 6.5L12 4.5l6.5 6.5",
  reply: "M9.5 6 4 11.5 9.5 17M4 11.5h9a7 7 0 0 1 7 7",
  forward: "M14.5 6 20 11.5 14.5 17M20 11.5h-9a7 7 0 0 0-7 7",
  poll: "M6 19.5v-6m6 6v-14m6 14v-9",
  thread: "M5 5h14v10h-8l-4 4v-4H5zM9 9h6M9 12h4",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  copy: "M9 9h10.5v10.5H9zM15 9V4.5H4.5V15H9",
  edit: "m5 15-.8 4.8L9 19 19.5 8.5l-4-4zm8-8 4 4",
  bin: "M4.5 7h15M10 7V4.5h4V7m-7.5 0 .8 12.5h9.4L17.5 7M10.5 11v5m3-5v5",
  pin: "M9 4h6l-.8 6 3.3 3.5h-11L9.8 10zM12 13.5V20",
  bookmark: "M7 4.5h10V20l-5-3.5L7 20z",
  archive: "M4.5 5h15v4h-15zM6 9v10h12V9M10 12.5h4",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l4.5 4.5",
  settings:
    "M4 8h7.5m5 0H20M4 16h3.5m5 0H20M14 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM10 13.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  person: "M12 4.5a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6zM4.5 20c.8-3.8 3.7-5.4 7.5-5.4s6.7 1.6 7.5 5.4",
  bell: "M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5zM10 20.5h4",
  block: "M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM6.8 6.8l10.4 10.4",
  flag: "M6 20V4.5M6 5h11.5l-2.5 4 2.5 4H6",
  shield: "M12 4 5.5 6.5V12c0 3.6 2.6 6.4 6.5 8 3.9-1.6 6.5-4.4 6.5-8V6.5zM8.5 12h7",
  history: "M5 12a7 7 0 1 0 2-4.9L5 9m0-4v4h4M12 8.5V12l2.5 1.5",
  wave: "M3.5 13c2-2.6 4-2.6 6 0s4 2.6 6 0 3.5-2.3 5-.7M3.5 18c2-2.6 4-2.6 6 0s4 2.6 6 0 3.5-2.3 5-.7M3.5 8c2-2.6 4-2.6 6 0s4 2.6 6 0 3.5-2.3 5-.7",
  alert: "M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM12 8.5v4m0 3v.01",
  clock: "M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM12 8v4.2l2.8 1.8",
  cable: "M8 4v5m8-5v5M6 9h12v2a6 6 0 0 1-12 0zM12 17v3.5",
} as const;

export type IconName = keyof typeof paths;

/** Decoration: whatever it stands beside or in carries the name. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg viewBox="0 0 24 24" className="icon" data-icon={name} aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** One sign per status, so that none is told by colour alone. */
const ticks: Readonly<Record<DeliveryStatus, string>> = {
  queued: "M10 4.5V8l2.5 1.5M10 2a6 6 0 1 0 0 12 6 6 0 0 0 0-12z",
  sending: "M10 2a6 6 0 1 0 6 6",
  sent: "m5 8.5 3.5 3.5L15.5 4",
  delivered: "m1.5 8.5 3.5 3.5L12 4m-3 7 1 1L17.5 4",
  read: "m1.5 8.5 3.5 3.5L12 4m-3 7 1 1L17.5 4",
  failed: "M10 4.5v4m0 3v.01M10 2a6 6 0 1 0 0 12 6 6 0 0 0 0-12z",
  cancelled: "m6 4 8 8m0-8-8 8",
};

export function Tick({ status, label }: { readonly status: DeliveryStatus; readonly label: string }) {
  return (
    <svg viewBox="0 0 20 16" className="tick" data-status={status} role="img" aria-label={label}>
      <path d={ticks[status]} />
    </svg>
  );
}
