export type NotificationLevel = "all" | "mentions" | "none";

/** Hours of the day in which a person wants no notification, as the clocks at their place show them. */
export interface QuietHours {
  /** Of the IANA data base, as `"Europe/Berlin"`; one that is not known counts as UTC. */
  readonly timeZone: string;
  /** Minutes after midnight. From a later to an earlier minute they go through the night, and to the same, all day. */
  readonly from: number;
  readonly to: number;
  /** On which they begin, 0 for Sunday. Absent: on all. */
  readonly days?: readonly number[];
}

/** What a person wants to be told of, in all conversations and on all their devices. */
export interface NotifyRules {
  /** Where they chose no other for a conversation. Default `"all"`. */
  readonly level?: NotificationLevel;
  readonly quiet?: QuietHours;
  /** Default true. */
  readonly sound?: boolean;
  /** May a notification say who said what, and where? Default true. */
  readonly previews?: boolean;
}
