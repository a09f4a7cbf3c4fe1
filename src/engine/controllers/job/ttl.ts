import type { Job } from 'kubernetes-types/batch/v1.d.ts';
import { parseRfc3339 } from '../../kernel/calendar.ts';
import { defineController, keyOf } from '../framework.ts';
import { jobCondition } from './outcome.ts';

/** Deletes finished Jobs `ttlSecondsAfterFinished` after their end. Source: pkg/controller/ttlafterfinished. */
export const ttlAfterFinishedController = defineController<Job>({
  name: 'ttl-after-finished-controller',
  reconciles: 'Job',
  plan(job, view) {
    const seconds = job.spec?.ttlSecondsAfterFinished;
    const end = jobCondition(job, 'Complete') ?? jobCondition(job, 'Failed');
    if (seconds === undefined || !end || job.metadata.deletionTimestamp) return [];
    const leftMs = (parseRfc3339(String(end.lastTransitionTime)) ?? view.nowMs) + seconds * 1000 - view.nowMs;
    if (leftMs > 0) return [{ do: 'requeue', afterMs: leftMs }];
    return [{ do: 'delete', kind: 'Job', key: keyOf(job), options: { propagationPolicy: 'Foreground', preconditions: { uid: job.metadata.uid } } }];
  },
});
