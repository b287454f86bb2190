/** How far into a page browsers look for what it says of its encoding. */
const LOOKED_AT = 1_024;

/**
 * The text of a page, by what its answer says, by its first bytes, by what it says itself, else as UTF-8. What is no
 * encoding, and what is wrong in one, does no harm: there are wrong characters, then.
 */
export function decodePage(body: Buffer, said: string | undefined): string {
  const beginning = body.subarray(0, LOOKED_AT).toString("latin1");
  const [, written] = /<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})/iu.exec(beginning) ?? [];
  const label = markOf(body) ?? said ?? written;
  // A page that can be read so far is not in UTF-16, whatever it says.
  const isWrittenIn16 = label === written && /^utf-?16/iu.test(label ?? "");
  return decoderOf(isWrittenIn16 ? undefined : label).decode(body);
}

function markOf(body: Buffer): string | undefined {
  if (body[0] === 0xfe && body[1] === 0xff) return "utf-16be";
  if (body[0] === 0xff && body[1] === 0xfe) return "utf-16le";
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? "utf-8" : undefined;
}

function decoderOf(label = "utf-8"): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
