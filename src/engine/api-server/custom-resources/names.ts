/** Where definitions are stored. */
export const DEFINITIONS = 'apiextensions.k8s.io/customresourcedefinitions';

/** Holds a definition until its objects are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';
