// What the local Function Compute reads of s.yaml, as schemas (Serverless Devs, component fc3). What it knows and has no use for is let pass; what nobody knows is refused.
import * as z from 'zod';

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,127}$/, 'a name has letters, digits, _ and -, and begins with no digit');
const handler = z.string().regex(/^[\w./-]+\.[A-Za-z_$][\w$]*$/, 'a handler has the form file.export');

const hook = z.strictObject({ handler, timeout: z.int().min(1).exactOptional() });

const destination = z.strictObject({ destination: z.string() });

const asyncInvokeConfig = z.strictObject({
  maxAsyncRetryAttempts: z.int().min(0).max(8).default(3),
  maxAsyncEventAgeInSeconds: z.int().min(1).max(604_800).default(86_400),
  asyncTask: z.boolean().default(false),
  qualifier: z.string().exactOptional(),
  destinationConfig: z.strictObject({ onSuccess: destination.exactOptional(), onFailure: destination.exactOptional() }).default({}),
});

const triggerBase = {
  triggerName: name,
  qualifier: z.string().exactOptional(),
  description: z.string().exactOptional(),
  sourceArn: z.string().exactOptional(),
  invocationRole: z.string().exactOptional(),
};

const trigger = z.discriminatedUnion('triggerType', [
  z.strictObject({
    ...triggerBase,
    triggerType: z.literal('timer'),
    triggerConfig: z.strictObject({ cronExpression: z.string().min(1), enable: z.boolean(), payload: z.string().default('') }),
  }),
  z.strictObject({
    ...triggerBase,
    triggerType: z.literal('http'),
    triggerConfig: z.strictObject({
      authType: z.enum(['anonymous', 'function']),
      methods: z.array(z.enum(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])).min(1),
      disableURLInternet: z.boolean().exactOptional(),
    }),
  }),
  // What other services send: there is nobody here to send it.
  z.strictObject({
    ...triggerBase,
    triggerType: z.enum(['oss', 'log', 'eventbridge', 'mns_topic', 'cdn_events', 'tablestore']),
    triggerConfig: z.unknown().optional(),
  }),
]);

/** Keys of the component that change nothing here. */
const WITHOUT_EFFECT = [
  'description',
  'cpu',
  'diskSize',
  'internetAccess',
  'logConfig',
  'vpcConfig',
  'vpcBinding',
  'nasConfig',
  'ossMountConfig',
  'tags',
  'resourceGroupId',
  'tracingConfig',
  'customDNS',
  'endpoint',
  'instanceConcurrency',
  'provisionConfig',
  'scalingConfig',
] as const;

const props = z.strictObject({
  ...Object.fromEntries(WITHOUT_EFFECT.map((key) => [key, z.unknown().optional()])),
  region: z.string().min(1),
  functionName: z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'the name of a function has up to 64 letters, digits, _ and -, and begins with no digit'),
  runtime: z.enum(['nodejs18', 'nodejs20']),
  code: z.string().min(1),
  handler,
  memorySize: z.int().min(128).max(32_768).multipleOf(64).default(512),
  timeout: z.int().min(1).max(86_400).default(3),
  role: z.string().exactOptional(),
  environmentVariables: z.record(z.string(), z.string()).default({}),
  instanceLifecycleConfig: z.strictObject({ initializer: hook.exactOptional(), preStop: hook.exactOptional() }).default({}),
  concurrencyConfig: z.strictObject({ reservedConcurrency: z.int().min(1) }).exactOptional(),
  asyncInvokeConfig: asyncInvokeConfig.prefault({}),
  triggers: z.array(trigger).max(50).default([]),
});

export type ManifestProps = z.output<typeof props>;

const resource = z.object({
  component: z.string().regex(/(^|\/)fc3(@[\w.-]+)?$/, 'the local cloud runs functions of the component fc3 only'),
  props,
});

/** Top-level keys that only a deployment reads are let pass. */
export const manifestSchema = z.object({
  edition: z.literal('3.0.0', 'the local cloud reads edition: 3.0.0 only'),
  resources: z.record(z.string(), resource),
});
