/**
 * Hard bounds of the wire; lengths of text are in code points, which is what zod and JSON Schema count and JavaScript's
 * `length` does not. A server's policy may be narrower, never wider. They stand apart from the schemas so that a
 * client that parses nothing itself does not carry them.
 */

/** How long an id may be. */
export const LONGEST_ID = 128;
/** What an id that an application chose may be: any text without control characters. */
export const idPattern: RegExp = /^[^\p{Cc}\p{Cs}]{1,128}$/u;
/** Ids of commands, and so of messages: a UUID of version 7, in lower case. */
export const uuidPattern: RegExp = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
/** Text of a message. */
export const LONGEST_TEXT = 100_000;
/** Why moderators remove something, or are asked to look at it. */
export const LONGEST_REASON = 1_000;
/** Deepest and largest `custom` object; its size in bytes is bounded by the frame. */
export const CUSTOM_DEPTH = 8;
export const CUSTOM_NODES = 1_000;
/** How many names a reaction carries, and how many different reactions a message. */
export const REACTION_NAMES = 8;
export const REACTIONS_PER_MESSAGE = 32;
/** How many options a poll may have, and how long each may be. */
export const OPTIONS_PER_POLL = 20;
export const LONGEST_OPTION = 200;
/** How many names a page of a thread carries. */
export const THREAD_NAMES = 8;
/** How many conversations one client may watch at once. */
export const MOST_WATCHED = 50;
/** How many frames one WebSocket message may hold. */
export const MOST_FRAMES = 1_000;
/** How many heads a welcome or a pong may hold. */
export const MOST_HEADS = 1_000;
/** Code points of what is searched for. */
export const LONGEST_SEARCH = 256;
/** What is highlighted of one message: more than anybody looks at. */
export const MOST_HIGHLIGHTS = 64;
/** Code points of an address that a message links to. */
export const LONGEST_LINK = 2_048;
/** Files of one message. */
export const MOST_ATTACHMENTS = 10;
/** Code points of a file's name. */
export const LONGEST_FILE_NAME = 255;
/** Of an attachment: characters of its placeholder, and points of its waveform. */
export const LONGEST_PLACEHOLDER = 64;
export const LONGEST_WAVEFORM = 128;
/** Parts in which one file may be put. */
export const MOST_PARTS = 128;
