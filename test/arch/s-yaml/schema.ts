// What s.yaml may say: stricter than the component's own schema, which lets through unknown keys, any trigger and any name. (Serverless Devs, fc3)
import { z } from 'zod';
import { FUNCTION_NAMES } from '../../../lib/domain/run';
import { cronProblem, minutesOfDay } from './cron';

const MAX_ENVIRONMENT_BYTES = 4_096;
/** A region's instances unless more are asked for; at most nine tenths may be reserved. */
const MOST_RESERVED = 90;

const FUNCTION_NAME = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/);
const TRIGGER_NAME = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,127}$/);
const ROLE_NAME = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/); // the component completes a bare name and lower-cases it
const REGION = z.string().regex(/^[a-z]{2}-[a-z0-9-]+$/);

const DESTINATION = z.strictObject({
  destination: z
    .string()
    .regex(/^acs:(mns:[a-z0-9-]+:\d{16}:\/queues\/[A-Za-z][A-Za-z0-9-]{0,119}\/messages|fc:[a-z0-9-]+:\d{16}:functions\/[A-Za-z_][A-Za-z0-9_-]{0,63})$/),
});

const ENVIRONMENT = z
  .record(z.string().regex(/^(?!FC_)[A-Za-z][A-Za-z0-9_]*$/), z.string())
  .refine((values) => bytesOf(values) <= MAX_ENVIRONMENT_BYTES, `more than ${MAX_ENVIRONMENT_BYTES} bytes`);

const TIMER = z.strictObject({
  triggerName: TRIGGER_NAME,
  triggerType: z.literal('timer'),
  triggerConfig: z.strictObject({
    cronExpression: z.string().superRefine((text, context) => {
      const message = cronProblem(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
    enable: z.boolean(),
    payload: z
      .string()
      .max(128 * 1024)
      .optional(),
  }),
});

const HTTP = z.strictObject({
  triggerName: TRIGGER_NAME,
  triggerType: z.literal('http'),
  triggerConfig: z.strictObject({
    // Never anonymous: who may ask is RAM's to say.
    authType: z.literal('function'),
    methods: z.array(z.enum(['GET', 'POST'])).nonempty(),
    disableURLInternet: z.boolean(),
  }),
});

const PROPS = z
  .strictObject({
    region: REGION,
    functionName: FUNCTION_NAME,
    description: z.string().min(1).max(256),
    runtime: z.literal('nodejs20'),
    code: z.literal('./dist/functions'),
    handler: z.string().regex(/^[a-z-]+\.handler$/),
    memorySize: z.int().min(128).max(32_768).multipleOf(64),
    cpu: z
      .number()
      .min(0.05)
      .max(16)
      .refine((cpu) => Number.isInteger(Math.round(cpu * 1_000) / 50), 'not a multiple of 0.05'),
    diskSize: z.union([z.literal(512), z.literal(10_240)]),
    timeout: z.int().min(1).max(86_400),
    role: ROLE_NAME,
    internetAccess: z.literal(true),
    environmentVariables: ENVIRONMENT,
    logConfig: z.literal('auto'),
    concurrencyConfig: z.strictObject({ reservedConcurrency: z.int().min(1) }),
    asyncInvokeConfig: z.strictObject({
      maxAsyncRetryAttempts: z.int().min(0).max(8),
      maxAsyncEventAgeInSeconds: z.int().min(1).max(86_400),
      asyncTask: z.literal(true),
      destinationConfig: z.strictObject({ onFailure: DESTINATION, onSuccess: DESTINATION.optional() }),
    }),
    triggers: z
      .array(z.discriminatedUnion('triggerType', [TIMER, HTTP]))
      .nonempty()
      .max(50),
  })
  .refine(({ cpu, memorySize }) => memorySize / 1024 >= cpu && memorySize / 1024 <= 4 * cpu, {
    path: ['cpu'],
    message: 'memory in GB is not 1 to 4 times the CPUs',
  })
  .refine(({ triggers }) => areUnique(triggers.map(({ triggerName }) => triggerName)), { path: ['triggers'], message: 'two triggers have one name' });

const RESOURCE = z.strictObject({ component: z.literal('fc3'), props: PROPS });
type Resource = z.infer<typeof RESOURCE>;

/** Runs only: what runs before a deployment is in this repository. */
const ACTIONS = z.strictObject({ 'pre-deploy': z.array(z.strictObject({ run: z.string().min(1), path: z.literal('./') })).nonempty() });

export const SERVERLESS = z.strictObject({
  edition: z.literal('3.0.0'),
  name: z.literal('rds-backup-keeper'),
  access: z.string().min(1),
  vars: z.record(z.string(), z.unknown()),
  actions: ACTIONS,
  resources: z.record(z.enum(FUNCTION_NAMES), RESOURCE).superRefine((resources, context) => {
    for (const [name, { props }] of Object.entries(resources)) {
      if (props.handler !== `${name}.handler`) context.addIssue({ code: 'custom', path: [name, 'props', 'handler'], message: `not ${name}.handler` });
      if (!props.functionName.endsWith(`-${name}`))
        context.addIssue({ code: 'custom', path: [name, 'props', 'functionName'], message: `not <prefix>-${name}` });
    }
    for (const message of acrossProblems(Object.values(resources))) context.addIssue({ code: 'custom', message });
  }),
});
export type Serverless = z.infer<typeof SERVERLESS>;

function acrossProblems(resources: readonly Resource[]): readonly string[] {
  const reserved = resources.reduce((sum, { props }) => sum + props.concurrencyConfig.reservedConcurrency, 0);
  const minutes = resources.flatMap(({ props }) =>
    props.triggers.flatMap((trigger) => (trigger.triggerType === 'timer' ? [...new Set(minutesOfDay(trigger.triggerConfig.cronExpression))] : [])),
  );
  return [
    ...(reserved > MOST_RESERVED ? [`${reserved} instances are reserved, of ${MOST_RESERVED}`] : []),
    ...(areUnique(minutes) ? [] : ['two timers fire in one minute']),
    ...(areUnique(resources.map(({ props }) => props.functionName)) ? [] : ['two functions have one name']),
  ];
}

function areUnique(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

function bytesOf(values: Readonly<Record<string, string>>): number {
  return Object.entries(values).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
}
