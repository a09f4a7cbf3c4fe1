/** Which plugins run, in which order. */
import type { AdmissionPlugin } from './admission.ts';

export const admissionPlugins: readonly AdmissionPlugin[] = [];
