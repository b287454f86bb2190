/** What a notification says. */
export interface NotificationText {
  readonly title: string;
  readonly body?: string;
  /** Address of a picture. */
  readonly icon?: string;
}
