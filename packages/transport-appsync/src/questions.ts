import type { MessagingError } from "@tidings/core/errors";
import { failure } from "./faults.ts";
import { type Poster, refusalIn } from "./http.ts";
import type { Operation } from "./operations.ts";

/** What a link asks over HTTP. */
export interface Questions {
  /** @throws {MessagingError} the refusal; `connection/lost` once the link has ended, or if this ends it. */
  ask<Question, Answer>(operation: Operation<Question, Answer>, question: Question): Promise<Answer>;
  /** As another, whom AppSync may refuse without an end of the link. */
  askAs<Question, Answer>(
    post: Poster,
    operation: Operation<Question, Answer>,
    question: Question,
  ): Promise<Answer>;
  /** Is this more than AppSync delivers? */
  isTooLarge(body: string): boolean;
  /** Why nothing can be asked any more. */
  readonly over: MessagingError | undefined;
}

export interface QuestionsOptions {
  readonly post: Poster;
  readonly endpoint: string;
  readonly end: (why: MessagingError) => void;
  readonly over: () => MessagingError | undefined;
}

/** AppSync drops a larger event without a word to its sender; some is left for what the backend adds. */
const MOST_BYTES = 240 * 1_024 - 16_384;

export function createQuestions({ post, endpoint, end, over }: QuestionsOptions): Questions {
  const lost = (): MessagingError => {
    const why = over();
    return failure("connection/lost", `unable to get an answer; ${why?.code}`, { cause: why });
  };

  const askAs: Questions["askAs"] = async (as, operation, question) => {
    if (over()) throw lost();
    const body = JSON.stringify(operation.put(question));
    const answer = await as(endpoint, body).catch((error: MessagingError) => {
      end(error);
      throw lost();
    });
    if (over()) throw lost();
    const read = operation.read(answer.data, question);
    if (read !== undefined) return read;
    const refusal = refusalIn(answer);
    if (refusal) throw refusal;
    end(failure("connection/lost", "unable to get an answer; it cannot be read"));
    throw lost();
  };

  return {
    askAs,
    async ask(operation, question) {
      try {
        return await askAs(post, operation, question);
      } catch (error) {
        if (!isOfAuth(error)) throw error;
        end(error);
        throw lost();
      }
    },
    isTooLarge: (body) => body.length > MOST_BYTES / 3 && new TextEncoder().encode(body).length > MOST_BYTES,
    get over() {
      return over() && lost();
    },
  };
}

function isOfAuth(error: unknown): error is MessagingError {
  const { code }: { readonly code?: unknown } = Object(error);
  return String(code).startsWith("auth/");
}
