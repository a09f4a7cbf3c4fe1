/** Puts an API server on a loopback port, for real kubectl, helm and client libraries. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createSocketServer, type AddressInfo, type Server as SocketServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import type { RunningApiServer } from '../../engine/api-server/api-server.ts';
import type { ApiRequest, ApiResponse, User } from '../../engine/api-server/contract.ts';
import { userOfToken } from '../../engine/api-server/tokens.ts';
import { selfSigned, type Certificate } from './certificate.ts';
import { decodeProtobuf, isProtobuf } from './protobuf.ts';
import { readSchemaTexts } from './schema-texts.ts';
import { chosenProtocol, serveSession } from './remote-command.ts';

export interface HttpHostOptions {
  readonly api: RunningApiServer;
  /** 0 lets the system choose. */
  readonly port: number;
  /** `true` makes a certificate. */
  readonly tls?: boolean | Certificate;
  /** Who comes without credentials; default the cluster's administrator. */
  readonly anonymous?: User;
  /** Bearer tokens besides those of service accounts. */
  readonly tokens?: Readonly<Record<string, User>>;
  /** Called after each request and each piece of input, so that the world can move on. */
  readonly pump?: () => void;
  readonly onRequest?: (request: ApiRequest, response: ApiResponse) => void;
}

export interface HttpHost {
  readonly port: number;
  /** `http://127.0.0.1:port` or with TLS `https://…`. */
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly certificate?: string;
  close(): Promise<void>;
}

const ADMIN: User = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:masters', 'system:authenticated'] };

/** The administrator's token in kubeconfigs we write; kubectl asks for a password where there is none. */
const ADMIN_TOKEN = 'drydock-admin';

const NO_SPDY = {
  kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'BadRequest', code: 400,
  message: 'SPDY is not modelled; exec and attach are served over WebSockets (v5.channel.k8s.io)',
};

/** Listens on 127.0.0.1 and answers until it is closed. */
export async function startHttpHost(options: HttpHostOptions): Promise<HttpHost> {
  options.api.provideSchemaTexts(readSchemaTexts);
  const certificate = options.tls === true ? selfSigned() : options.tls || undefined;
  const listener = (request: IncomingMessage, response: ServerResponse): void => { void serve(options, request, response); };
  const plain = createServer(listener);
  const secure = certificate && createTlsServer({ key: certificate.key, cert: certificate.cert }, listener);
  const servers: Server[] = secure ? [plain, secure] : [plain];
  for (const each of servers) each.on('upgrade', (request, socket) => {
    const { api, pump = () => {} } = options;
    const protocol = chosenProtocol(request);
    const apiRequest = { ...apiRequestOf(options, request, undefined), method: 'GET' as const };
    const answer = apiRequest.user === UNKNOWN ? UNAUTHORIZED : api.handle(apiRequest);
    options.onRequest?.(apiRequest, answer);
    if (!protocol || !answer.session) {
      // A client that was refused over a WebSocket asks again over SPDY, only to read why.
      answer.session?.close();
      const code = answer.session ? 400 : answer.code;
      const body = JSON.stringify(answer.session ? NO_SPDY : answer.body);
      socket.end(`HTTP/1.1 ${code} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
      return;
    }
    serveSession(request, socket, protocol, answer.session, pump);
  });
  const sockets = new Set<Socket>();
  const server = secure ? eitherProtocol(plain, secure, sockets) : plain;
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(options.port, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port, url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`, ...(certificate && { certificate: certificate.cert }),
    close: () => new Promise(closed => {
      server.close(() => closed());
      for (const each of servers) each.closeAllConnections();
      for (const socket of sockets) socket.destroy();
    }),
  };
}

/** One port for both: the first byte of a connection tells TLS (22) from plain HTTP. */
function eitherProtocol(plain: Server, secure: Server, sockets: Set<Socket>): SocketServer {
  return createSocketServer((socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', first => {
      socket.pause();
      socket.unshift(first);
      (first[0] === 22 ? secure : plain).emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
    socket.on('error', () => socket.destroy());
  });
}

/** A kubeconfig that leads to a host. */
export function kubeconfigFor(host: HttpHost, options: { readonly context?: string; readonly namespace?: string; readonly token?: string } = {}): string {
  const name = options.context ?? 'drydock';
  return stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': name,
    clusters: [{ name, cluster: { server: host.url, ...(host.certificate && { 'certificate-authority-data': Buffer.from(host.certificate).toString('base64') }) } }],
    contexts: [{ name, context: { cluster: name, user: name, ...(options.namespace && { namespace: options.namespace }) } }],
    users: [{ name, user: { token: options.token ?? ADMIN_TOKEN } }],
  });
}

/** The body as the API server takes it: text, or the object that protobuf bytes stand for. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (body.length === 0) return undefined;
  return isProtobuf(body) ? decodeProtobuf(body) : body.toString('utf8');
}

function apiRequestOf(options: HttpHostOptions, request: IncomingMessage, body: unknown): ApiRequest {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const query: Record<string, string | string[]> = {};
  for (const key of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(key);
    query[key] = values.length === 1 ? values[0]! : values;
  }
  const headers: Record<string, string> = {};
  for (const [key, value] of Object.entries(request.headers)) if (value !== undefined) headers[key] = Array.isArray(value) ? value.join(', ') : value;
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  delete headers.authorization;
  const user = userFor(options, token);
  return { method: (request.method ?? 'GET') as ApiRequest['method'], path: url.pathname, query, headers, ...(body !== undefined && { body }), user };
}

/** Whose request this is; a token nobody knows makes an anonymous one that is refused. */
function userFor(options: HttpHostOptions, token: string | undefined): User {
  if (token === undefined) return options.anonymous ?? ADMIN;
  return options.tokens?.[token] ?? userOfToken(token) ?? (token === ADMIN_TOKEN ? options.anonymous ?? ADMIN : UNKNOWN);
}

const UNKNOWN: User = { name: '', groups: [] };
const UNAUTHORIZED: ApiResponse = {
  code: 401, headers: { 'content-type': 'application/json' },
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 },
};

async function serve(options: HttpHostOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const apiRequest = apiRequestOf(options, request, await readBody(request));
  const answer = apiRequest.user === UNKNOWN ? UNAUTHORIZED : options.api.handle(apiRequest);
  options.onRequest?.(apiRequest, answer);
  options.pump?.();
  for (const [key, value] of Object.entries(answer.headers)) response.setHeader(key, value);
  if (answer.watch) {
    const { watch } = answer;
    response.writeHead(answer.code);
    response.flushHeaders();
    watch.listen(event => response.write(`${JSON.stringify(event)}\n`), () => response.end());
    response.on('close', () => watch.close());
    options.pump?.();
    return;
  }
  if (answer.stream) {
    const { stream } = answer;
    response.writeHead(answer.code);
    response.flushHeaders();
    stream.listen(chunk => response.write(chunk), () => response.end());
    response.on('close', () => stream.close());
    options.pump?.();
    return;
  }
  const body = typeof answer.body === 'string' ? answer.body : answer.body === undefined ? '' : `${JSON.stringify(answer.body)}\n`;
  if (body.length > 128 * 1024 && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    response.setHeader('content-encoding', 'gzip');
    response.writeHead(answer.code).end(gzipSync(body, { level: 1 }));
    return;
  }
  response.writeHead(answer.code).end(request.method === 'HEAD' ? undefined : body);
}
