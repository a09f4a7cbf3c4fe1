import * as z from 'zod';

/** `scenarios/estates/<estate>/estate.yaml`. */
export const estateSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  /** The kubeconfig's context, its user and the namespace the learner starts in. */
  context: z.string(),
  user: z.string(),
  namespace: z.string(),
  version: z.string().regex(/^1\.\d+\.\d+$/),
  region: z.string(),
  subnets: z.record(z.string(), z.string()),
  nodeGroups: z.record(z.string(), z.strictObject({
    instanceType: z.string(),
    labels: z.record(z.string(), z.string()),
    taints: z.array(z.strictObject({ key: z.string(), value: z.string().optional(), effect: z.string() })).optional(),
    nodes: z.array(z.strictObject({ zone: z.string(), address: z.string() })),
  })),
  externals: z.array(z.strictObject({ name: z.string(), addresses: z.array(z.string()), ports: z.array(z.number()), latencyMs: z.number().optional() })),
  loadBalancers: z.array(z.strictObject({
    name: z.string(), host: z.string(), address: z.string(),
    routes: z.array(z.strictObject({ pathPrefix: z.string(), service: z.string(), port: z.number() })),
  })),
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
  history: z.strictObject({
    bornBeforeDays: z.number(),
    lastReleaseBeforeDays: z.number(),
    revisions: z.record(z.string(), z.array(z.string())),
  }),
});

export type Estate = z.infer<typeof estateSchema>;

const call = z.strictObject({ to: z.string(), method: z.string().default('GET'), path: z.string() });

const route = z.strictObject({
  method: z.string().default('GET'), path: z.string(), latencyMs: z.number().default(1), needs: z.array(z.string()).default([]),
  calls: z.array(call).default([]), status: z.number().default(200), body: z.string().default(''), logged: z.boolean().default(false),
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
    service: z.strictObject({
      startupMs: z.number(),
      failAfterMs: z.number().default(200),
      bootLog: z.array(z.string()).default([]),
      settings: z.array(z.strictObject({ name: z.string(), missing: z.array(z.string()) })).default([]),
      dependencies: z.record(z.string(), z.strictObject({ host: z.string(), port: z.number(), protocol: z.enum(['tcp', 'http']), timeoutMs: z.number() })).default({}),
      connectsAtStart: z.array(z.strictObject({ to: z.string(), failed: z.array(z.string()) })).default([]),
      ports: z.array(z.strictObject({ port: z.number(), routes: z.array(route) })).default([]),
      tcpPorts: z.array(z.number()).default([]),
      accessLog: z.enum(['uvicorn', 'json', 'common', 'none']),
      cpuIdleMillis: z.number(),
      cpuMsPerRequest: z.number().default(1),
      memoryMiB: z.number(),
      worker: z.strictObject({ everyMs: z.number(), heartbeatFile: z.string().optional(), calls: z.array(call).default([]), logLine: z.string().optional() }).optional(),
      shutdownLog: z.array(z.string()).default([]),
      exitCodeOnTerm: z.number().default(0),
    }),
  })),
});
