import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/** One classic script with the whole world in it. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../../..'),
  logLevel: 'warn',
  publicDir: false,
  build: {
    target: 'es2023', outDir: '.cache/trace', emptyOutDir: true, minify: true,
    rolldownOptions: { input: resolve(import.meta.dirname, 'in-browser.ts'), output: { format: 'iife', entryFileNames: 'trace.js', codeSplitting: false } },
  },
});
