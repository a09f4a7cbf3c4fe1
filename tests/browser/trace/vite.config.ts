import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { builtContent } from '../../../scripts/built-content.ts';

/** One classic script with the whole world in it. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../../..'),
  logLevel: 'warn',
  publicDir: false,
  plugins: [builtContent(resolve(import.meta.dirname, '../../..'))],
  build: {
    target: 'es2023', outDir: '.cache/trace', emptyOutDir: true, minify: true,
    rolldownOptions: { input: resolve(import.meta.dirname, 'in-browser.ts'), output: { format: 'iife', entryFileNames: 'trace.js', codeSplitting: false } },
  },
});
