/** The wire between the page and the world. */
import type { PageMessage, WorldMessage } from '../hosts/protocol.ts';
import { WorldRelay, type WorldPort } from './relay.ts';

export interface WorldLink {
  send(message: PageMessage): void;
  listen(onMessage: (message: WorldMessage) => void): () => void;
  close(): void;
}

/** A small machine has no room for worlds that wait. Gibibytes and cores; what a browser does not tell counts as enough. */
function standbys(): 0 | 1 | 2 {
  const { deviceMemory = 8, hardwareConcurrency = 4 } = navigator as Navigator & { deviceMemory?: number };
  return deviceMemory < 2 || hardwareConcurrency < 2 ? 0 : deviceMemory < 4 ? 1 : 2;
}

/** A world in a Web Worker of this page, with others kept ready for the ways back. */
export function workerLink(): WorldLink {
  const listeners = new Set<(message: WorldMessage) => void>();
  const relay = new WorldRelay(
    {
      open: () => new Worker(new URL('../hosts/worker.ts', import.meta.url), { type: 'module', name: 'drydock-world' }) as WorldPort,
      later: (act, delayMs) => { setTimeout(act, delayMs); },
      standbys: standbys(),
    },
    message => { for (const listener of listeners) listener(message); },
  );
  return {
    send: message => relay.send(message),
    listen(onMessage) {
      listeners.add(onMessage);
      return () => listeners.delete(onMessage);
    },
    close: () => relay.close(),
  };
}
