/** The entries of a record, with the names it has. */
export function entriesOf<Name extends string, Value>(
  record: Readonly<Record<Name, Value>>,
): readonly (readonly [Name, Value])[] {
  return Object.entries<Value>(record).flatMap(([name, value]) =>
    isNameOf(record, name) ? [[name, value]] : [],
  );
}

function isNameOf<Name extends string>(record: Readonly<Record<Name, unknown>>, name: string): name is Name {
  return Object.hasOwn(record, name);
}
