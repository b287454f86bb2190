// `cdk --app "node cdk/app.mjs" deploy`, after `node build.mjs`; with `-c paths=true` the template of those without CDK.
import { App, aws_s3_assets as assets, DefaultStackSynthesizer } from "aws-cdk-lib";
import { ChatBackend } from "./chat-backend.mjs";

const here = (path) => new URL(`../${path}`, import.meta.url).pathname;

const app = new App({ analyticsReporting: false });

/** As `aws cloudformation package` finds them. */
const paths = () => ({ text: (path) => path, code: (path) => path });

/** Uploaded by CDK. */
function uploaded(stack) {
  const known = new Map();
  const asset = (path) => {
    const found = known.get(path) ?? new assets.Asset(stack, path, { path: here(path) });
    known.set(path, found);
    return found;
  };
  return {
    text: (path) => asset(path).s3ObjectUrl,
    code: (path) => ({ S3Bucket: asset(path).s3BucketName, S3Key: asset(path).s3ObjectKey }),
  };
}

const isByPaths = app.node.tryGetContext("paths") !== undefined;
const synthesizer = new DefaultStackSynthesizer({ generateBootstrapVersionRule: !isByPaths });
new ChatBackend(app, "chat", { synthesizer, files: isByPaths ? paths : uploaded });
app.synth();
