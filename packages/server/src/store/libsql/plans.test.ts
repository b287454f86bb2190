import { expect, it } from "vitest";
import { createAnswers } from "./answers.ts";
import { createAudit } from "./audit.ts";
import { createBlocks } from "./blocks.ts";
import { type Connection, openConnection } from "./database.ts";
import { createQueries } from "./queries/queries.ts";
import { createErasures } from "./erasures.ts";
import { createFiles } from "./files.ts";
import { createPushTargets } from "./push.ts";
import { migrate } from "./schema.ts";
import { createTables } from "./tables.ts";

it("finds every row by an index: no statement walks through a table", () => {
  const connection = openConnection(":memory:");
  const { epoch } = migrate(connection);
  const statements: string[] = [];
  const noting: Connection = {
    ...connection,
    prepare(sql) {
      statements.push(sql);
      return connection.prepare(sql);
    },
  };
  createAnswers(noting);
  createAudit(noting);
  createErasures(noting);
  createFiles(noting, (work) => work());
  createPushTargets(noting);
  createQueries(noting, createTables(noting), epoch, createBlocks(noting));

  const walks = statements.flatMap((sql) => {
    const plan = connection.prepare<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
    const names: string[] = sql.match(/\?\d*/gu) ?? [];
    const inputs = (names.includes("?1") ? [...new Set(names)] : names).map(() => "1");
    return plan.all(...inputs).flatMap(({ detail }) =>
      // Of what waits for its words there is never much. What has an index of its own says which: that of words is looked up by words (M) or key (=).
      /^SCAN (?!ids|unindexed|json_each|CONSTANT|place|f(?: VIRTUAL|$)|searchable VIRTUAL TABLE INDEX \d+:.*[M=])/u.test(
        detail,
      )
        ? [`${detail}: ${sql}`]
        : [],
    );
  });
  expect(statements.length).toBeGreaterThan(20);
  // The oldest answers and entries are looked through, a bounded number at a time.
  expect(walks.filter((walk) => !/DELETE FROM (answers|audit)/u.test(walk))).toEqual([]);
  connection.close();
});
