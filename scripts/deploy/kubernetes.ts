import { Deployment } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { Ingress, NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Service, ServiceAccount } from "kubernetes-models/v1";

interface Model {
  readonly apiVersion: string;
  readonly kind: string;
  readonly prototype: { validate(): void };
}

/** Kinds of objects that are deployed: made from the schemas that Kubernetes publishes. */
const models: readonly Model[] = [
  ...[ConfigMap, Deployment, HorizontalPodAutoscaler, Ingress, NetworkPolicy, PodDisruptionBudget],
  ...[Service, ServiceAccount],
];

/**
 * What Kubernetes would have against an object: what its schema forbids, and fields that are not in the schema, which it
 * would leave out without a word.
 */
export function faultsOf(object: { readonly apiVersion: string; readonly kind: string }): readonly string[] {
  const { apiVersion, kind } = object;
  const model = models.find((each) => each.apiVersion === apiVersion && each.kind === kind);
  if (!model) return [`there is no ${kind} of ${apiVersion}`];
  const unread = new Set<string>();
  const watched = watch(object, "", unread);
  try {
    Reflect.apply(model.prototype.validate, watched, []);
  } catch (error) {
    return [`${kind}: ${error instanceof Error ? error.message : String(error)}`];
  }
  return [...unread].map((path) => `${kind}: nothing is known of ${path}`);
}

/** A copy that tells which of its fields are read: a validator reads all that it knows. */
function watch(value: unknown, path: string, unread: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((each, index) => watch(each, `${path}/${index}`, unread));
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      unread.add(`${path}/${name}`);
      return [name, watch(each, `${path}/${name}`, unread)];
    }),
  );
  return new Proxy(copy, {
    get(target, name) {
      unread.delete(`${path}/${String(name)}`);
      const read: unknown = Reflect.get(target, name);
      return read;
    },
  });
}
