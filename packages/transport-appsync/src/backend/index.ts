/** What a Lambda function behind AppSync does: the rules of the product, kept in DynamoDB. */
export {
  appSyncPolicy,
  type Backend,
  type BackendAnswer,
  type BackendError,
  type BackendOptions,
  type BackendRequest,
  createBackend,
} from "./backend.ts";
export {
  type Condition,
  createDynamo,
  type Dynamo,
  type DynamoOptions,
  type Item,
  type Key,
  type Stretch,
  type Value,
  type Write,
} from "./dynamo.ts";
export { type Members, membersOf } from "./members.ts";
export { docOf, expiry, isKept, row } from "./rows.ts";
export { type DynamoReply, type DynamoSend, signedSend, type SignedSendOptions } from "./dynamo-send.ts";
export type { IamCredentials } from "../sign.ts";
