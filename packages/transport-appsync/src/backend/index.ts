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
export { createDynamo, type Dynamo, type DynamoOptions } from "./dynamo.ts";
export { type DynamoReply, type DynamoSend, signedSend, type SignedSendOptions } from "./dynamo-send.ts";
export type { IamCredentials } from "../sign.ts";
