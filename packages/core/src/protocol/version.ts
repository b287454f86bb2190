/**
 * The version of the wire. A test hashes the JSON Schemas of all frames and compares them with the hash kept beside
 * this number, so the wire cannot change without someone raising it.
 *
 *   1  first message, end to end
 */
export const PROTOCOL_VERSION = 1;
