/** The wire between the page and the world. */
import type { PageMessage, WorldMessage } from '../hosts/protocol.ts';

export interface WorldLink {
  send(message: PageMessage): void;
  listen(onMessage: (message: WorldMessage) => void): () => void;
  close(): void;
}

/** A world in a Web Worker of this page. */
export function workerLink(): WorldLink {
  const worker = new Worker(new URL('../hosts/worker.ts', import.meta.url), { type: 'module', name: 'drydock-world' });
  const listeners = new Set<(message: WorldMessage) => void>();
  worker.onmessage = (event: MessageEvent<WorldMessage>) => {
    for (const listener of listeners) listener(event.data);
  };
  worker.onerror = event => {
    const message = event.message || 'The world did not load.';
    for (const listener of listeners) {
      listener({
        type: 'crashed', message,
        run: { format: 1, version: '', source: { kind: 'empty', nodes: 0 }, seed: 0, inputs: [], untilMs: 0 },
      });
    }
  };
  return {
    send: message => worker.postMessage(message),
    listen(onMessage) {
      listeners.add(onMessage);
      return () => listeners.delete(onMessage);
    },
    close: () => worker.terminate(),
  };
}
