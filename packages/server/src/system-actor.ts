/** The actor of what the server does by itself. No token speaks for it. */
export const SYSTEM = "system";
