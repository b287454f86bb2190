/** Makes a `switch` exhaustive: the compiler refuses the call while a case is missing. */
export function assertNever(value: never): never {
  throw new TypeError(`unable to go on; unexpected ${JSON.stringify(value)}`);
}
