import * as z from 'zod';
import { durationMs } from '../content.ts';
import { estateChangeSchema } from './estate-schema.ts';
import { worldActionSchema } from './world-action.ts';

const duration = z.string().transform((text, context) => {
  try {
    return durationMs(text);
  } catch {
    context.addIssue({ code: 'custom', message: `not a duration: ${text}` });
    return z.NEVER;
  }
});

/** Something that happens to the world at a time; negative lies before the learner arrives. */
export const timelineEntrySchema = z.strictObject({
  at: duration,
  as: z.string().optional(),
  /** Field manager, as managedFields shows it. */
  manager: z.string().optional(),
  /** A file of manifests, created or replaced. */
  apply: z.string().optional(),
  /** A release by the delivery pipeline: a strategic patch of a Deployment, with its change cause, as `kubectl apply` leaves it. */
  release: z.strictObject({ deployment: z.string(), because: z.string(), with: z.record(z.string(), z.unknown()) }).optional(),
  patch: z.strictObject({ kind: z.string(), name: z.string(), with: z.record(z.string(), z.unknown()) }).optional(),
  delete: z.strictObject({ kind: z.string(), name: z.string() }).optional(),
  rotate: z.strictObject({ nodeGroup: z.string() }).optional(),
  /** A call of the AWS API, by the learner's colleague with the same role. */
  aws: z.strictObject({ service: z.string(), call: z.string(), with: z.record(z.string(), z.unknown()) }).optional(),
  load: z.strictObject({ profiles: z.array(z.string()), factor: z.number().default(1) }).optional(),
}).transform(({ at, ...rest }) => ({ atMs: at, ...rest }));

export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

const promise = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  needs: z.array(z.string()).default([]),
  /** CEL: whether it holds now. */
  holds: z.string(),
  /** How long it has to hold. */
  for: duration.default(0),
  /** CEL: the current value as text. */
  value: z.string(),
  /** CEL: 0..1 for the spark line; the worst value is the one with the lowest. */
  level: z.string(),
});

/**
 * Something the checker does to the world once everything it waits for holds, to see that the repair carries: one action,
 * or several one after the other.
 */
const trial = promise.extend({
  trial: z.union([worldActionSchema.transform(action => [action]), z.array(worldActionSchema).min(1)]),
  /** What the page says while it runs; `${pod}` is the pod it acts on. */
  says: z.string(),
  /** How long it may take until it has held for long enough. */
  within: duration,
});

/** Must hold at every moment of a stretch, see trainer/vow.ts. */
const vow = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  needs: z.array(z.string()).default([]),
  /** CEL: judged after every change. */
  always: z.string(),
  /** CEL: text that names the stretch; empty while there is none. A new text begins a new stretch, and a new chance. */
  since: z.string(),
  /** CEL, as for a promise. */
  value: z.string(),
  level: z.string(),
  /** What is said before the stretch begins, and how one gets another chance. */
  begins: z.string(),
  again: z.string(),
});

const question = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  needs: z.array(z.string()).default([]),
  ask: z.string(),
  /** Regular expressions; any that matches the trimmed answer accepts it. */
  accepts: z.array(z.string()).min(1),
  /** Said in turn to answers that are not accepted. */
  nudges: z.array(z.string()).default([]),
});

/** `scenarios/<track>/<id>/scenario.yaml`. */
export const scenarioSchema = z.strictObject({
  title: z.string(),
  /** One line for the catalogue: what one sees. */
  seen: z.string(),
  symptom: z.enum(['restarting', 'never-starts', 'image', 'unreachable', 'stuck-change', 'slow-or-flapping', 'denied', 'build']),
  level: z.enum(['junior', 'mid', 'senior']),
  minutes: z.number(),
  /** Interview questions it answers; shown only after it is solved. */
  answers: z.array(z.string()),
  estate: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
  estateChange: estateChangeSchema.optional(),
  /** When the learner arrives, RFC 3339. */
  start: z.string(),
  ticket: z.string(),
  timeline: z.array(timelineEntrySchema),
  tasks: z.array(z.union([question, trial, vow, promise])).min(1),
  guards: z.array(z.enum(['G-keep', 'G-pdb', 'G-probe', 'G-policy', 'G-sec', 'G-iam', 'G-netpol', 'G-traffic'])),
  /** What costs or earns a star once it is solved. */
  stars: z.array(z.strictObject({ when: z.string(), change: z.union([z.literal(-1), z.literal(1)]), say: z.string() })).default([]),
  /** A result worth one star although the ticket stays open. */
  partial: z.strictObject({ holds: z.string(), for: duration, say: z.string() }).optional(),
  /** Remarks from the state, in order; the first whose `when` holds is said. */
  remarks: z.array(z.strictObject({ when: z.string(), say: z.string() })).default([]),
  hints: z.array(z.string()).length(3),
  debrief: z.strictObject({
    headline: z.string(),
    question: z.string(),
    points: z.array(z.string()).min(3),
    /** Regular expressions over the learner's own lines: those that showed the cause. */
    showedCause: z.array(z.string()),
  }),
  /** Proof: commands at the start and what their output must contain (regular expressions), see *Observe*. */
  observe: z.array(z.strictObject({ run: z.string(), shows: z.array(z.string()) })),
});

export type Scenario = z.infer<typeof scenarioSchema>;
export type PromiseTask = z.infer<typeof promise>;
export type TrialTask = z.infer<typeof trial>;
export type VowTask = z.infer<typeof vow>;
export type QuestionTask = z.infer<typeof question>;
