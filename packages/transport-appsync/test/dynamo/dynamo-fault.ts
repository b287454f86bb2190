/** What DynamoDB says instead of an answer. */
export class DynamoFault extends Error {
  readonly type: string;
  readonly status: number;
  /** What else its body holds. */
  readonly more: object;

  constructor(type: string, message: string, more: object = {}, status = 400) {
    super(message);
    this.type = type;
    this.more = more;
    this.status = status;
  }

  static invalid(message: string): DynamoFault {
    return new DynamoFault("ValidationException", message);
  }

  get body(): object {
    return { __type: `com.amazonaws.dynamodb.v20120810#${this.type}`, message: this.message, ...this.more };
  }
}
