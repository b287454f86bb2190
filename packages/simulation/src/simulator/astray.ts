const PUSHED: ReadonlySet<unknown> = new Set(["change", "receipt", "signal"]);

/** Frames that go astray between two ends of a connection that lives. Counted down. */
export interface Mishaps {
  drop: number;
  double: number;
  /** Held back until the next that may be. */
  swap: number;
}

export const calm = (): Mishaps => ({ drop: 0, double: 0, swap: 0 });

interface Frame {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly query?: { readonly type?: unknown };
}

export const isPush = ({ type }: Frame): boolean => PUSHED.has(type);
export const isSubmit = ({ type }: Frame): boolean => type === "submit";

/** Drops, doubles and swaps the frames of one direction; `undefined` if nothing is left of a message. */
export function createAstray(
  onMishap: (name: string) => void,
  name: string,
): (text: string, mishaps: Mishaps, isMeant: (frame: Frame) => boolean) => string | undefined {
  let late: Frame[] = [];
  return (text, mishaps, isMeant) => {
    const isCalm = mishaps.drop + mishaps.double + mishaps.swap === 0;
    if (isCalm && late.length === 0) return text;
    const passed: Frame[] = [];
    for (const frame of framesOf(text)) {
      if (!isMeant(frame)) passed.push(frame);
      else if (count(mishaps, "drop")) onMishap(`${name} lost`);
      else if (count(mishaps, "swap")) {
        onMishap(`${name} late`);
        late.push(frame);
      } else {
        passed.push(frame);
        if (count(mishaps, "double")) {
          onMishap(`${name} doubled`);
          passed.push(frame);
        }
        passed.push(...late);
        late = [];
      }
    }
    return passed.length === 0 ? undefined : JSON.stringify(passed);
  };
}

/** What is asked about files over one connection, and what is answered: lost, doubled, late. */
export function createFileTalk(
  wire: { readonly questions: Mishaps; readonly answers: Mishaps },
  onMishap: (name: string) => void,
): { up(text: string | undefined): string | undefined; down(text: string | undefined): string | undefined } {
  const asked = new Set<unknown>();
  const [up, down] = [createAstray(onMishap, "question"), createAstray(onMishap, "answer")];
  const isQuestion = ({ type, query }: Frame): boolean =>
    type === "query" && String(query?.type).startsWith("file.");
  const isAnswer = ({ type, id }: Frame): boolean =>
    (type === "result" || type === "reject") && asked.has(id);
  return {
    up(text) {
      if (!text?.includes('"file.')) return text;
      for (const frame of framesOf(text)) if (isQuestion(frame)) asked.add(frame.id);
      return up(text, wire.questions, isQuestion);
    },
    down: (text) => (asked.size === 0 || text === undefined ? text : down(text, wire.answers, isAnswer)),
  };
}

export function withoutLost(
  text: string | undefined,
  wire: { lostAnswers: number },
  onMishap: (name: string) => void,
): string | undefined {
  if (text === undefined || wire.lostAnswers === 0) return text;
  const passed = framesOf(text).filter(({ type }) => {
    if ((type !== "ack" && type !== "reject") || wire.lostAnswers === 0) return true;
    wire.lostAnswers -= 1;
    onMishap("answer lost");
    return false;
  });
  return passed.length === 0 ? undefined : JSON.stringify(passed);
}

function count(mishaps: Mishaps, name: keyof Mishaps): boolean {
  if (mishaps[name] === 0) return false;
  mishaps[name] -= 1;
  return true;
}

function framesOf(text: string): readonly Frame[] {
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? parsed : [Object(parsed)];
}
