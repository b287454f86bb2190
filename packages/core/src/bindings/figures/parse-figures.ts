import { malformed } from "../../protocol/parse.ts";
import { createReaders, Fault, type Shape } from "../../protocol/wire.ts";
import type { Figures } from "./backend.ts";

const COUNT: Shape = ["int", 0, Number.MAX_SAFE_INTEGER];
const MEASURED = { messages: COUNT, people: COUNT, reactions: COUNT, "medianResponseMs?": COUNT };
const DAY: Shape = ["text", 10, "^\\d{4}-\\d{2}-\\d{2}$"];

const readerOf = createReaders({
  table: [],
  roots: {
    figures: [
      "object",
      {
        days: ["list", ["object", { day: DAY, ...MEASURED }], 1_000],
        total: ["object", MEASURED],
        "truncated?": ["flag"],
      },
    ],
  },
});

/** @throws {MessagingError} `protocol/malformed` */
export function parseFigures(answer: unknown): Figures {
  const read = readerOf("figures")(answer);
  if (read instanceof Fault) throw malformed(`the figures are wrong at ${read.path.join(".")}`);
  return read as Figures;
}
