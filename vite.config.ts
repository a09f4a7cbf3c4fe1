import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { builtContent } from './scripts/built-content.ts';

/** A relative base, so that the built folder works from any path of any file server. */
export default defineConfig({
  base: './',
  plugins: [react()],
  worker: { format: 'es', plugins: () => [builtContent(import.meta.dirname)] },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler|zustand)\// },
            { name: 'xterm', test: /node_modules\/@xterm\// },
            { name: 'flow', test: /node_modules\/(@xyflow|d3-)/ },
          ],
        },
      },
    },
  },
  preview: { host: '127.0.0.1' },
  server: { host: '127.0.0.1' },
});
