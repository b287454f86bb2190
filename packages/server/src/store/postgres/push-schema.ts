import { type RawBuilder, sql } from "kysely";

/** Devices that can be pushed to. Nobody reads them on behalf of a person: `tidings_reader` may not. */
export const pushSchema: RawBuilder<unknown> = sql.raw(`
  CREATE TABLE push_targets (
    user_id text COLLATE "C" NOT NULL,
    device_id text COLLATE "C" NOT NULL,
    endpoint text COLLATE "C" NOT NULL UNIQUE,
    p256dh text NOT NULL,
    auth text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (user_id, device_id)
  );
`);
