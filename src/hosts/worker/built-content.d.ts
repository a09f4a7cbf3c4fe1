/** Made by scripts/built-content.ts. */
declare module 'virtual:drydock-content' {
  export const rows: readonly import('../../trainer/contract.ts').CatalogueRow[];
  export const estates: import('./content.ts').BuiltFiles;
  /** By key. */
  export const scenarios: Readonly<Record<string, () => Promise<{ default: import('./content.ts').BuiltFiles }>>>;
}
