/** The API server on a loopback port, for the real kubectl: plain HTTP, answered synchronously from the same state. */
import { createServer, type Server } from 'node:http';
import type { ApiServer, User } from '../../src/engine/api-server/contract.ts';

export const ADMIN: User = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

/** Serves `handle` on a free port; `beforeEach` runs before every request. */
export async function serve(server: ApiServer, beforeEach: () => void): Promise<{ port: number; http: Server }> {
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk as Buffer));
    request.on('end', () => {
      beforeEach();
      const url = new URL(request.url ?? '/', 'http://localhost');
      const query: Record<string, string | string[]> = {};
      for (const key of url.searchParams.keys()) {
        const values = url.searchParams.getAll(key);
        query[key] = values.length === 1 ? values[0]! : values;
      }
      const text = Buffer.concat(chunks).toString('utf8');
      let body: unknown = text === '' ? undefined : text;
      if (text !== '' && /json/.test(request.headers['content-type'] ?? 'json')) { try { body = JSON.parse(text); } catch { body = text; } }
      const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, Array.isArray(value) ? value.join(',') : value ?? '']));
      const answer = server.handle({ method: request.method as 'GET', path: decodeURIComponent(url.pathname), query, headers, body, user: ADMIN });
      response.writeHead(answer.code, { ...answer.headers });
      if (answer.watch) {
        response.flushHeaders();
        const stream = answer.watch;
        stream.listen(event => response.write(`${JSON.stringify(event)}\n`), () => response.end());
        request.on('close', () => stream.close());
        response.on('close', () => stream.close());
        return;
      }
      response.end(typeof answer.body === 'string' ? answer.body : answer.body === undefined ? '' : `${JSON.stringify(answer.body)}\n`);
    });
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  return { port: (http.address() as { port: number }).port, http };
}
