/** The port to a database, and the embedded one. */
export { type LibsqlStoreOptions, openLibsqlStore } from "./libsql/libsql-store.ts";
export type {
  Admit,
  Answer,
  Committed,
  Membership,
  Outcome,
  Recalled,
  Refusal,
  Store,
  Submission,
} from "./store.ts";
