import * as z from 'zod';

const tags = z.record(z.string(), z.string());

const policyStatement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.union([z.string(), z.array(z.string())]).optional(),
  NotAction: z.union([z.string(), z.array(z.string())]).optional(),
  Resource: z.union([z.string(), z.array(z.string())]).optional(),
  Principal: z.unknown().optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())]))).optional(),
});

const taint = z.strictObject({ key: z.string(), value: z.string().optional(), effect: z.string() });

/** See engine/aws/foundation.ts, `NodeGroupSpec`. */
const nodeGroup = z.strictObject({
  instanceType: z.string(),
  role: z.string(),
  labels: z.record(z.string(), z.string()),
  taints: z.array(taint).optional(),
  subnets: z.array(z.string()),
  scaling: z.strictObject({ min: z.number(), max: z.number(), desired: z.number() }),
  version: z.string().optional(),
  nodes: z.array(z.strictObject({ zone: z.string(), address: z.string() })),
});

/** See engine/aws/foundation.ts, `AwsFoundation`. */
export const awsSchema = z.strictObject({
  account: z.string(),
  region: z.string(),
  vpc: z.strictObject({ id: z.string(), cidr: z.string(), resolver: z.string(), tags: tags.optional() }),
  internetGateway: z.string(),
  subnets: z.record(z.string(), z.strictObject({
    zone: z.string(), cidr: z.string(), routeTable: z.string(), public: z.boolean().optional(), tags: tags.optional(),
    /** Description of an interface → addresses. */
    occupied: z.record(z.string(), z.array(z.string())).optional(),
  })),
  routeTables: z.record(z.string(), z.record(z.string(), z.string())),
  natGateways: z.record(z.string(), z.strictObject({ subnet: z.string(), publicIp: z.string() })),
  securityGroups: z.record(z.string(), z.strictObject({
    description: z.string(), ingress: z.array(z.strictObject({ protocol: z.string(), port: z.union([z.number(), z.literal('all')]), from: z.string() })),
  })),
  roles: z.record(z.string(), z.strictObject({ trust: z.union([z.string(), policyStatement]), policies: z.array(z.string()), inline: z.record(z.string(), z.array(policyStatement)).optional() })),
  quotas: z.strictObject({ onDemandVcpus: z.number() }),
  cluster: z.strictObject({
    name: z.string(), role: z.string(), subnets: z.array(z.string()), securityGroup: z.string(), serviceCidr: z.string(),
    addons: z.record(z.string(), z.strictObject({ version: z.string(), configuration: z.string().optional() })),
  }),
  learner: z.strictObject({ role: z.string(), session: z.string() }),
});

/** `scenarios/estates/<estate>/estate.yaml`. */
export const estateSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  /** The kubeconfig's context, its user and the namespace the learner starts in. */
  context: z.string(),
  user: z.string(),
  namespace: z.string(),
  version: z.string().regex(/^1\.\d+\.\d+$/),
  /** The AWS account as it stood before anything happened. */
  aws: awsSchema,
  nodeGroups: z.record(z.string(), nodeGroup),
  externals: z.array(z.strictObject({ name: z.string(), addresses: z.array(z.string()), ports: z.array(z.number()), latencyMs: z.number().optional(),
    /** Queues of an SQS endpoint. */
    queues: z.array(z.string()).optional() })),
  loadBalancers: z.array(z.strictObject({
    name: z.string(), host: z.string(), address: z.string(),
    routes: z.array(z.strictObject({ pathPrefix: z.string(), service: z.string(), port: z.number(), healthCheckPath: z.string().optional() })),
  })),
  /** How the repositories below `prefix` are kept; a lifecycle policy in ECR's own words. */
  registry: z.strictObject({
    prefix: z.string(), mutability: z.enum(['MUTABLE', 'IMMUTABLE']), scanOnPush: z.boolean(),
    lifecycle: z.strictObject({ rules: z.array(z.strictObject({
      rulePriority: z.number(), description: z.string().optional(),
      selection: z.strictObject({ tagStatus: z.enum(['tagged', 'untagged', 'any']), tagPrefixList: z.array(z.string()).optional(), tagPatternList: z.array(z.string()).optional(), countType: z.enum(['imageCountMoreThan', 'sinceImagePushed']), countUnit: z.literal('days').optional(), countNumber: z.number() }),
      action: z.strictObject({ type: z.literal('expire') }),
    })) }),
  }).optional(),
  loads: z.array(z.strictObject({
    name: z.string(), ratePerSecond: z.number(), method: z.string(), host: z.string(), port: z.number(), path: z.string(), address: z.string(),
  })),
  slices: z.record(z.string(), z.strictObject({
    nodeGroups: z.array(z.string()),
    manifests: z.array(z.string()),
    loads: z.array(z.string()),
    /** Folder in the learner's home → folder of the estate. */
    home: z.record(z.string(), z.string()),
  })),
  /** The organisation's rules for workloads, see engine/api-server/admission/workload-policies.ts. */
  policies: z.strictObject({ namespaces: z.array(z.string()), allowedRegistries: z.array(z.string()) }).optional(),
  history: z.strictObject({
    bornBeforeDays: z.number(),
    lastReleaseBeforeDays: z.number(),
    revisions: z.record(z.string(), z.array(z.string())),
  }),
});

export type Estate = z.infer<typeof estateSchema>;

/** How the estate of a scenario differs from the healthy one before anything happens. */
export const estateChangeSchema = z.strictObject({
  /** A merge patch of estate.yaml: null takes away. */
  merge: z.record(z.string(), z.unknown()).optional(),
  /** A folder of the scenario: merge patches of the slice's manifests, or new ones. */
  manifests: z.string().optional(),
  /** `Kind namespace/name` of manifests that are not there. */
  without: z.array(z.string()).optional(),
});

export type EstateChange = z.infer<typeof estateChangeSchema>;

const call = z.strictObject({ to: z.string(), method: z.string().default('GET'), path: z.string(), attempts: z.number().default(1), retryAfterMs: z.number().default(0) });

const route = z.strictObject({
  method: z.string().default('GET'), path: z.string(), latencyMs: z.number().default(1), needs: z.array(z.string()).default([]),
  calls: z.array(call).default([]), failedStatus: z.number().default(502), status: z.number().default(200), body: z.string().default(''), logged: z.boolean().default(false),
});

const oneShot = z.strictObject({ log: z.array(z.string()), tookMs: z.number().default(400), exitCode: z.number().default(0) });

const service = z.strictObject({
  startupMs: z.number(),
  startupCpuMs: z.number().default(0),
  startupThreads: z.number().default(1),
  failAfterMs: z.number().default(200),
  bootLog: z.array(z.string()).default([]),
  settings: z.array(z.strictObject({ name: z.string(), missing: z.array(z.string()), exitCode: z.number().optional() })).default([]),
  dependencies: z.record(z.string(), z.strictObject({ host: z.string(), port: z.number(), protocol: z.enum(['tcp', 'http']), timeoutMs: z.number() })).default({}),
  connectsAtStart: z.array(z.strictObject({ to: z.string(), failed: z.array(z.string()) })).default([]),
  ports: z.array(z.strictObject({ port: z.number(), routes: z.array(route) })).default([]),
  tcpPorts: z.array(z.number()).default([]),
  accessLog: z.enum(['uvicorn', 'json', 'common', 'none']),
  cpuIdleMillis: z.number(),
  cpuMsPerRequest: z.number().default(1),
  memoryMiB: z.number(),
  cache: z.strictObject({ setting: z.string(), defaultMiB: z.number(), kibPerRequest: z.number() }).optional(),
  worker: z.strictObject({
    everyMs: z.number(), heartbeatFile: z.string().optional(), calls: z.array(call).default([]), logLine: z.string().optional(),
    consumes: z.strictObject({ from: z.string(), queue: z.string(), msPerMessage: z.number() }).optional(),
  }).optional(),
  shutdownLog: z.array(z.string()).default([]),
  exitCodeOnTerm: z.number().default(0),
});

/** `images.yaml` beside it: what the images are and do. See engine/images/service/model.ts. */
export const imagesSchema = z.strictObject({
  registry: z.string(),
  images: z.array(z.strictObject({
    repository: z.string(),
    tags: z.array(z.string()),
    sizeMiB: z.number(),
    user: z.string().optional(),
    entrypoint: z.array(z.string()),
    workingDir: z.string().optional(),
    /** Programs in the working directory that end by themselves, run by the entrypoint's interpreter. */
    scripts: z.record(z.string(), oneShot).optional(),
    service,
    /** Further tags whose service differs in these fields. */
    releases: z.array(z.strictObject({ tags: z.array(z.string()), service: z.record(z.string(), z.unknown()) })).default([]),
  }).transform(({ service: model, releases, ...image }) => ({
    ...image,
    versions: [{ tags: image.tags, service: model }, ...releases.map(release => ({ tags: release.tags, service: service.parse({ ...model, ...release.service }) }))],
  }))),
});
