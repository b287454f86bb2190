import type { MessagingError } from "@tidings/core/errors";
import { lost } from "./faults.ts";
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
  /** Why nothing can be asked any more. */
  readonly over: MessagingError | undefined;
}

export interface QuestionsOptions {
  readonly post: Poster;
  readonly endpoint: string;
  readonly end: (why: MessagingError) => void;
  readonly over: () => MessagingError | undefined;
}

export function createQuestions({ post, endpoint, end, over }: QuestionsOptions): Questions {
  const unanswered = (): MessagingError => {
    const why = over();
    return lost(`the link has ended: ${why?.code}`, why);
  };

  const askAs: Questions["askAs"] = async (as, operation, question) => {
    if (over()) throw unanswered();
    const body = JSON.stringify(operation.put(question));
    const answer = await as(endpoint, body).catch((error: MessagingError) => {
      end(error);
      throw unanswered();
    });
    if (over()) throw unanswered();
    const read = operation.read(answer.data, question);
    if (read !== undefined) return read;
    const refusal = refusalIn(answer);
    if (refusal) throw refusal;
    end(lost("the answer cannot be read"));
    throw unanswered();
  };

  return {
    askAs,
    async ask(operation, question) {
      try {
        return await askAs(post, operation, question);
      } catch (error) {
        if (!isOfAuth(error)) throw error;
        end(error);
        throw unanswered();
      }
    },
    get over() {
      return over() && unanswered();
    },
  };
}

function isOfAuth(error: unknown): error is MessagingError {
  const { code }: { readonly code?: unknown } = Object(error);
  return String(code).startsWith("auth/");
}
