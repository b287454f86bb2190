// The stack of template.yaml, for those who deploy with CDK.
import {
  aws_appsync as appsync,
  aws_dynamodb as dynamodb,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  Aws,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  Fn,
  RemovalPolicy,
  Stack,
} from "aws-cdk-lib";

const DESCRIPTION =
  "A chat backend for @tidings/transport-appsync - AppSync, one Lambda function, one DynamoDB table.";

/** By field: its type, its data source, its code. */
const RESOLVERS = [
  ["Query", "welcome", "FunctionData", "function"],
  ["Query", "heads", "FunctionData", "function"],
  ["Query", "ask", "FunctionData", "function"],
  ["Mutation", "submit", "FunctionData", "submit"],
  ["Mutation", "signal", "TableData", "signal"],
  ["Subscription", "onEvent", "TableData", "member"],
  ["Subscription", "onInbox", "NoData", "inbox"],
  ["Subscription", "onSignal", "TableData", "member"],
];

/**
 * @typedef {object} Files where what is beside the template is found when the stack is deployed
 * @property {(path: string) => string} text of a schema or resolver: an address in S3, or a path for `aws cloudformation package`
 * @property {(path: string) => unknown} code of the function, as `Code` of AWS::Lambda::Function
 */

export class ChatBackend extends Stack {
  /** `files` is given the stack, and gives `Files`; all else is as for any stack. */
  constructor(scope, id, { files, ...props }) {
    super(scope, id, { ...props, description: DESCRIPTION });
    this.templateOptions.templateFormatVersion = "2010-09-09";
    const given = parametersOf(this);
    const found = files(this);
    const table = tableOf(this);
    const run = functionOf(this, table, given, found.code("function"));
    const api = apiOf(this, table, given);
    const schema = new appsync.CfnGraphQLSchema(this, "Schema", {
      ...{ apiId: api.attrApiId, definitionS3Location: found.text("schema.graphql") },
    });
    const sources = sourcesOf(this, api, table, run);
    for (const [typeName, fieldName, source, code] of RESOLVERS) {
      const name = `${fieldName[0].toUpperCase()}${fieldName.slice(1)}Resolver`;
      const resolver = new appsync.CfnResolver(this, name, {
        ...{ apiId: api.attrApiId, typeName, fieldName, dataSourceName: sources[source].attrName },
        runtime: { name: "APPSYNC_JS", runtimeVersion: "1.0.0" },
        codeS3Location: found.text(`resolvers/${code}.js`),
      });
      resolver.addResourceDependency(schema);
    }
    new CfnOutput(this, "Endpoint", {
      ...{ description: "What appSyncTransport is given.", value: api.attrGraphQlUrl },
    });
    new CfnOutput(this, "TableName", { value: table.ref });
  }
}

/** @param {Stack} stack */
function parametersOf(stack) {
  const parameter = (name, props) => new CfnParameter(stack, name, props);
  return {
    issuer: parameter("Issuer", {
      type: "String",
      description:
        "Who issues the users' tokens (OpenID Connect), as https://auth.example.com/. A Cognito user pool is one too.",
    }),
    clientId: parameter("ClientId", {
      ...{ type: "String", default: "" },
      description: "The audience the tokens are for, as a regular expression. Empty - any of the issuer's.",
    }),
    epoch: parameter("Epoch", {
      ...{ type: "String", default: "1", allowedPattern: "[A-Za-z0-9-]{1,64}" },
      description:
        "Names this history. Give another after a backup was restored, so that clients begin anew.",
    }),
    retentionDays: parameter("RetentionDays", {
      ...{ type: "Number", default: 365, minValue: 1 },
      description: "How long a message is kept.",
    }),
    heartbeatMs: parameter("HeartbeatMs", {
      ...{ type: "Number", default: 60_000, minValue: 1_000 },
      description: "How often an open client asks for what it may have missed. Each time is one query.",
    }),
    lobbies: parameter("Lobbies", {
      ...{ type: "String", default: "{}" },
      description: "Conversations that everybody comes into, as JSON - id to name.",
    }),
  };
}

/** @param {Stack} stack */
function tableOf(stack) {
  const types = { pk: "S", sk: "S", rev: "N", seq: "N", authorId: "S", createdAt: "N" };
  const keys = (hash, range) => [
    { attributeName: hash, keyType: "HASH" },
    { attributeName: range, keyType: "RANGE" },
  ];
  const index = (indexName, hash, range, projectionType) => ({
    ...{ indexName, keySchema: keys(hash, range), projection: { projectionType } },
  });
  const table = new dynamodb.CfnTable(stack, "Table", {
    billingMode: "PAY_PER_REQUEST",
    attributeDefinitions: Object.entries(types).map(([attributeName, attributeType]) => ({
      ...{ attributeName, attributeType },
    })),
    keySchema: keys("pk", "sk"),
    localSecondaryIndexes: [index("byRev", "pk", "rev", "ALL"), index("bySeq", "pk", "seq", "ALL")],
    globalSecondaryIndexes: [index("byAuthor", "authorId", "createdAt", "KEYS_ONLY")],
    timeToLiveSpecification: { attributeName: "expiresAt", enabled: true },
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    sseSpecification: { sseEnabled: true },
  });
  table.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return table;
}

/** A role of one service, with one policy. */
function roleOf(stack, id, service, policyName, statements, more = {}) {
  const statement = (Effect, rest) => ({ Effect, ...rest });
  return new iam.CfnRole(stack, id, {
    assumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [statement("Allow", { Principal: { Service: service }, Action: "sts:AssumeRole" })],
    },
    ...more,
    policies: [
      {
        policyName,
        policyDocument: {
          Version: "2012-10-17",
          Statement: statements.map((each) => statement("Allow", each)),
        },
      },
    ],
  });
}

function functionOf(stack, table, { epoch, lobbies, heartbeatMs, retentionDays }, code) {
  const Action = ["BatchGetItem", "Query", "PutItem", "DeleteItem"].map((name) => `dynamodb:${name}`);
  const Resource = [table.attrArn, Fn.sub("${Table.Arn}/index/*")];
  const basic = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
  const role = roleOf(stack, "FunctionRole", "lambda.amazonaws.com", "table", [{ Action, Resource }], {
    managedPolicyArns: [Fn.sub(basic)],
  });
  const run = new lambda.CfnFunction(stack, "Function", {
    ...{ runtime: "nodejs22.x", architectures: ["arm64"], handler: "index.handler", code: {} },
    ...{ memorySize: 512, timeout: 20, role: role.attrArn },
    environment: {
      variables: {
        TABLE: table.ref,
        EPOCH: epoch.valueAsString,
        LOBBIES: lobbies.valueAsString,
        HEARTBEAT_MS: Fn.ref(heartbeatMs.logicalId),
        RETENTION_DAYS: Fn.ref(retentionDays.logicalId),
      },
    },
  });
  run.addPropertyOverride("Code", code);
  new logs.CfnLogGroup(stack, "FunctionLogs", {
    ...{ logGroupName: Fn.sub("/aws/lambda/${Function}"), retentionInDays: 30 },
  });
  return run;
}

function apiOf(stack, table, { issuer, clientId }) {
  const expression = Fn.conditionNot(Fn.conditionEquals(clientId.valueAsString, ""));
  const hasClientId = new CfnCondition(stack, "HasClientId", { expression });
  return new appsync.CfnGraphQLApi(stack, "Api", {
    ...{ name: Aws.STACK_NAME, authenticationType: "OPENID_CONNECT" },
    openIdConnectConfig: {
      issuer: issuer.valueAsString,
      clientId: Fn.conditionIf(hasClientId.logicalId, clientId.valueAsString, Aws.NO_VALUE).toString(),
    },
    ...{ introspectionConfig: "DISABLED", queryDepthLimit: 3, resolverCountLimit: 5, xrayEnabled: false },
    environmentVariables: { TABLE: table.ref },
  });
}

function sourcesOf(stack, api, table, run) {
  const role = roleOf(stack, "DataRole", "appsync.amazonaws.com", "data", [
    { Action: "dynamodb:GetItem", Resource: table.attrArn },
    { Action: "lambda:InvokeFunction", Resource: run.attrArn },
  ]);
  const source = (id, name, type, more) =>
    new appsync.CfnDataSource(stack, id, { apiId: api.attrApiId, name, type, ...more });
  const serviceRoleArn = role.attrArn;
  return {
    TableData: source("TableData", "table", "AMAZON_DYNAMODB", {
      ...{ serviceRoleArn, dynamoDbConfig: { tableName: table.ref, awsRegion: Aws.REGION } },
    }),
    FunctionData: source("FunctionData", "function", "AWS_LAMBDA", {
      ...{ serviceRoleArn, lambdaConfig: { lambdaFunctionArn: run.attrArn } },
    }),
    NoData: source("NoData", "none", "NONE", {}),
  };
}
