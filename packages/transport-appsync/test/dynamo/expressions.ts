import { DynamoFault } from "./dynamo-fault.ts";
import { checkValue, compare, isSameType, type Item, type Value } from "./values.ts";

/** What an expression refers to instead of naming it. */
export interface Substitutes {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

type Operand = { readonly name: string } | { readonly value: Value };

export type Expression =
  | { readonly is: "and" | "or"; readonly parts: readonly Expression[] }
  | { readonly is: "not"; readonly part: Expression }
  | { readonly is: "exists" | "absent"; readonly name: string }
  | { readonly is: "begins"; readonly name: string; readonly operand: Operand }
  | {
      readonly is: "compare";
      readonly operator: string;
      readonly left: Operand;
      readonly right: Operand;
    }
  | { readonly is: "between"; readonly left: Operand; readonly low: Operand; readonly high: Operand };

/** Of the words DynamoDB keeps for itself, those that somebody who writes a chat would take. */
const RESERVED = new Set(
  (
    "ACTION ADD ALL AND ANY BETWEEN CONNECTION COUNT COUNTER CURSOR DATA DATE DELETE DOMAIN END EXISTS GROUP GROUPS HASH " +
    "IN INDEX ITEM ITEMS KEY KEYS LANGUAGE LAST LEVEL LIMIT LOCAL MODE NAME NAMES NEXT NOT NULL NUMBER OF OR ORDER OWNER " +
    "PERMISSION PERMISSIONS POSITION READ RANGE REPLACE ROLE ROWS SECTION SEQUENCE SESSION SET SIZE START STATE STATUS " +
    "TEXT TIME TIMESTAMP TOKEN TTL TYPE USER USERS UUID VALUE VALUES VIEW"
  ).split(" "),
);

const TOKEN = /\s*(<>|<=|>=|[=<>(),]|[:#]?[A-Za-z_][\w.-]*)/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw DynamoFault.invalid(`Invalid expression: Syntax error in "${text}"`);
    tokens.push(token);
  }
  return tokens;
}

/**
 * Reads a condition or a key condition.
 *
 * @throws {DynamoFault} if it cannot be read, uses a word that is reserved, or what it refers to is missing or unused.
 */
export function parseExpression(text: string, substitutes: Substitutes): Expression {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = substitutes;
  const tokens = tokensOf(text);
  const used = new Set<string>();
  let at = 0;

  const peek = (): string => (tokens[at] ?? "").toUpperCase();
  const next = (): string => tokens[at++] ?? "";
  const expect = (token: string): void => {
    if (peek() !== token) throw DynamoFault.invalid(`Invalid expression: expected ${token} in "${text}"`);
    at += 1;
  };

  const nameOf = (token: string): string => {
    const { [token]: real } = names;
    if (token.startsWith("#")) {
      if (real === undefined)
        throw DynamoFault.invalid(`An expression attribute name is not defined: ${token}`);
      used.add(token);
      return real;
    }
    if (RESERVED.has(token.toUpperCase()) || !/^\w+$/.test(token))
      throw DynamoFault.invalid(`Attribute name is a reserved keyword; reserved keyword: ${token}`);
    return token;
  };

  const operand = (): Operand => {
    const token = next();
    if (!token.startsWith(":")) return { name: nameOf(token) };
    const { [token]: value } = values;
    if (value === undefined)
      throw DynamoFault.invalid(`An expression attribute value is not defined: ${token}`);
    used.add(token);
    return { value: checkValue(value) };
  };

  const called = (): Expression | undefined => {
    const kind = { ATTRIBUTE_EXISTS: "exists", ATTRIBUTE_NOT_EXISTS: "absent", BEGINS_WITH: "begins" }[
      peek()
    ];
    if (kind === undefined) return undefined;
    next();
    expect("(");
    const name = nameOf(next());
    if (kind !== "begins") {
      expect(")");
      return { is: kind === "exists" ? "exists" : "absent", name };
    }
    expect(",");
    const prefix = operand();
    expect(")");
    return { is: "begins", name, operand: prefix };
  };

  const primary = (): Expression => {
    if (peek() === "(") {
      next();
      const inner = disjunction();
      expect(")");
      return inner;
    }
    const call = called();
    if (call) return call;
    const left = operand();
    const operator = next();
    if (operator.toUpperCase() === "BETWEEN") {
      const low = operand();
      expect("AND");
      return { is: "between", left, low, high: operand() };
    }
    if (!["=", "<>", "<", "<=", ">", ">="].includes(operator))
      throw DynamoFault.invalid(`Invalid expression: Syntax error near "${operator}"`);
    return { is: "compare", operator, left, right: operand() };
  };

  const negation = (): Expression => {
    if (peek() !== "NOT") return primary();
    next();
    return { is: "not", part: negation() };
  };

  const chain = (word: "and" | "or", part: () => Expression): Expression => {
    const parts = [part()];
    while (peek() === word.toUpperCase()) {
      next();
      parts.push(part());
    }
    const [only] = parts;
    return only && parts.length === 1 ? only : { is: word, parts };
  };
  const disjunction = (): Expression => chain("or", () => chain("and", negation));

  const found = disjunction();
  if (at < tokens.length) throw DynamoFault.invalid(`Invalid expression: Syntax error near "${tokens[at]}"`);
  const idle = [...Object.keys(names), ...Object.keys(values)].filter((each) => !used.has(each));
  if (idle.length > 0) throw DynamoFault.invalid(`Value provided in Expression unused: ${idle.join()}`);
  return found;
}

/** Is it so of this item? What the item lacks is like nothing. */
export function holds(expression: Expression, item: Item | undefined): boolean {
  const valueOf = (operand: Operand): Value | undefined =>
    "value" in operand ? operand.value : item?.[operand.name];
  switch (expression.is) {
    case "and":
      return expression.parts.every((part) => holds(part, item));
    case "or":
      return expression.parts.some((part) => holds(part, item));
    case "not":
      return !holds(expression.part, item);
    case "exists":
      return item?.[expression.name] !== undefined;
    case "absent":
      return item?.[expression.name] === undefined;
    case "begins": {
      const [value, prefix] = [item?.[expression.name], valueOf(expression.operand)];
      return value !== undefined && "S" in value && prefix !== undefined && "S" in prefix
        ? value.S.startsWith(prefix.S)
        : false;
    }
    case "between":
      return (
        isSo(">=", valueOf(expression.left), valueOf(expression.low)) &&
        isSo("<=", valueOf(expression.left), valueOf(expression.high))
      );
    case "compare":
      return isSo(expression.operator, valueOf(expression.left), valueOf(expression.right));
  }
}

function isSo(operator: string, one: Value | undefined, other: Value | undefined): boolean {
  if (!one || !other) return operator === "<>" && one !== other;
  if (!isSameType(one, other)) return operator === "<>";
  const order = compare(one, other);
  const results: Readonly<Record<string, boolean>> = {
    "=": order === 0,
    "<>": order !== 0,
    "<": order < 0,
    "<=": order <= 0,
    ">": order > 0,
    ">=": order >= 0,
  };
  return results[operator] ?? false;
}
