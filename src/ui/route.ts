/** Where one is, from the address. Keys of scenarios are opaque: an address never names a cause. */
import { useSyncExternalStore } from 'react';

export type Route =
  | { readonly page: 'landing' }
  | { readonly page: 'scenario'; readonly key: string }
  | { readonly page: 'sandbox' }
  | { readonly page: 'debrief'; readonly key: string }
  | { readonly page: 'run'; readonly data: string };

export function parseRoute(hash: string): Route {
  const [, page = '', rest = '', tail = ''] = hash.replace(/^#/, '').split('/');
  if (page === 's' && rest) return tail === 'debrief' ? { page: 'debrief', key: rest } : { page: 'scenario', key: rest };
  if (page === 'sandbox') return { page: 'sandbox' };
  if (page === 'run' && rest) return { page: 'run', data: rest };
  return { page: 'landing' };
}

export function go(hash: string): void {
  location.hash = hash;
}

const subscribe = (onChange: () => void): (() => void) => {
  addEventListener('hashchange', onChange);
  return () => removeEventListener('hashchange', onChange);
};

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash, () => '');
  return parseRoute(hash);
}
