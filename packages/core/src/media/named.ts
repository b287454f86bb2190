const ENDINGS: Readonly<Record<string, string>> = { "image/webp": ".webp", "image/jpeg": ".jpg" };

/** The name goes along; its ending says what it is now. */
export function named(file: Blob, from: Blob): Blob {
  if (!("name" in from) || typeof from.name !== "string" || !("File" in globalThis)) return file;
  const ending = file.type === from.type ? undefined : ENDINGS[file.type];
  const name = ending ? from.name.replace(/(\.[^.]{1,5})?$/, ending) : from.name;
  return new File([file], name, { type: file.type });
}
