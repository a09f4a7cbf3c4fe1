import { suspend, type Task } from '../kernel/task.ts';
import { FileError, type FileSystem, type SystemProcess, type SystemProgram } from '../userland/contract.ts';
import { calendarOf } from '../kernel/calendar.ts';
import type { ImageDefinition } from './contract.ts';

const MIB = 1024 * 1024;

/** Waits for one of the signals that end a server in order. */
export function* untilStopped(process: SystemProcess, signals: readonly ('SIGTERM' | 'SIGINT' | 'SIGQUIT')[] = ['SIGTERM', 'SIGINT', 'SIGQUIT']): Task<'SIGTERM' | 'SIGINT' | 'SIGQUIT'> {
  return yield* suspend<'SIGTERM' | 'SIGINT' | 'SIGQUIT'>(resume => {
    for (const signal of signals) process.onSignal(signal, () => resume(signal));
  });
}

const sleepForever: SystemProgram = function* pause(process) {
  yield* untilStopped(process);
  return 0;
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `23/Nov/2026:03:14:07 +0000`, the time of common access logs; the last second's text is kept, as servers do. */
export const accessLogTime = ((): (nowMs: number) => string => {
  let second = Number.NaN;
  let text = '';
  return nowMs => {
    if (Math.floor(nowMs / 1000) === second) return text;
    const t = calendarOf(nowMs);
    const two = (value: number): string => String(value).padStart(2, '0');
    second = Math.floor(nowMs / 1000);
    text = `${two(t.day)}/${MONTHS[t.month - 1]}/${t.year}:${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000`;
    return text;
  };
})();

/** Serves a document root: nginx and httpd in little. */
function staticServer(name: 'nginx' | 'httpd', root: string, stopSignalNotice: string): SystemProgram {
  return function* serve(process) {
    const { files, network } = process.system;
    const log: string[] = [];
    const headers = { 'content-type': 'text/html', server: name };
    let wake: (() => void) | undefined;
    const listener = network.listen(80, (request, respond) => {
      const path = `${root}${request.path.endsWith('/') ? `${request.path}index.html` : request.path}`;
      const found = fileAt(files, path);
      const body = found ?? notFoundPage(name);
      const status = found === undefined ? 404 : 200;
      const line = `${request.clientAddress} - - [${accessLogTime(process.kernel.nowMs)}] "${request.method} ${request.path} HTTP/1.1" ${status} ${body.length}${name === 'nginx' ? ` "-" "${request.headers['user-agent'] ?? '-'}" "-"` : ''}\n`;
      if (log.length > 0 || !process.writeNow(1, line)) {
        log.push(line);
        wake?.();
      }
      respond({ status, headers, body });
    });
    if (!listener) {
      yield* process.write(2, `${name}: bind() to 0.0.0.0:80 failed (98: Address already in use)\n`);
      return 1;
    }
    let stopped = false;
    for (const signal of ['SIGTERM', 'SIGQUIT', 'SIGINT'] as const) process.onSignal(signal, () => { stopped = true; wake?.(); });
    while (!stopped) {
      if (log.length === 0) yield* suspend<void>(resume => { wake = resume; });
      if (log.length > 0) yield* process.write(1, log.splice(0).join(''));
    }
    listener.close();
    if (stopSignalNotice) yield* process.write(2, stopSignalNotice);
    return 0;
  };
}

function fileAt(files: FileSystem, path: string): string | undefined {
  try {
    return files.read(path);
  } catch (refused) {
    if (refused instanceof FileError) return undefined;
    throw refused;
  }
}

function notFoundPage(name: 'nginx' | 'httpd'): string {
  return name === 'nginx'
    ? '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n'
    : '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n';
}

/** Accepts connections on a port: databases and caches, as far as other programs only need to reach them. */
function tcpServer(port: number, starting: string, ready: string, startMs: number): SystemProgram {
  return function* serve(process) {
    yield* process.write(1, starting);
    yield* process.sleep(startMs);
    if (!process.system.network.listen(port)) {
      yield* process.write(2, `could not bind port ${port}: Address already in use\n`);
      return 1;
    }
    yield* process.write(1, ready);
    yield* untilStopped(process);
    return 0;
  };
}

const NGINX_PAGE = '<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n<h1>Welcome to nginx!</h1>\n</body>\n</html>\n';

const hub = (name: string, rest: Omit<ImageDefinition, 'repository' | 'tags'>): ImageDefinition => ({ repository: `docker.io/library/${name}`, tags: 'any', ...rest });

/** The public images that tutorials and labs use most. */
export const libraryImages: readonly ImageDefinition[] = [
  hub('busybox', { sizeBytes: 2 * MIB, userland: 'busybox', cmd: ['sh'] }),
  hub('alpine', { sizeBytes: 4 * MIB, userland: 'busybox', cmd: ['/bin/sh'] }),
  hub('ubuntu', { sizeBytes: 30 * MIB, userland: 'debian', cmd: ['/bin/bash'] }),
  hub('debian', { sizeBytes: 48 * MIB, userland: 'debian', cmd: ['bash'] }),
  hub('bash', { sizeBytes: 6 * MIB, userland: 'debian', cmd: ['bash'] }),
  hub('python', { sizeBytes: 360 * MIB, userland: 'debian', cmd: ['bash'] }),
  hub('node', { sizeBytes: 390 * MIB, userland: 'debian', cmd: ['bash'] }),
  { repository: 'docker.io/curlimages/curl', tags: 'any', sizeBytes: 9 * MIB, userland: 'busybox', entrypoint: ['curl'], user: '100', users: { curl_user: 100 } },
  hub('nginx', {
    sizeBytes: 69 * MIB, userland: 'debian', ports: [80], entrypoint: ['/usr/sbin/nginx'], cmd: ['-g', 'daemon off;'], users: { nginx: 101 },
    files: { '/usr/share/nginx/html/index.html': NGINX_PAGE }, programs: { '/usr/sbin/nginx': staticServer('nginx', '/usr/share/nginx/html', '') },
  }),
  hub('httpd', {
    sizeBytes: 58 * MIB, userland: 'debian', ports: [80], cmd: ['httpd-foreground'],
    files: { '/usr/local/apache2/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n' },
    programs: { '/usr/local/bin/httpd-foreground': staticServer('httpd', '/usr/local/apache2/htdocs', '') },
  }),
  hub('redis', {
    sizeBytes: 45 * MIB, userland: 'debian', ports: [6379], entrypoint: ['redis-server'], users: { redis: 999 },
    programs: { '/usr/local/bin/redis-server': tcpServer(6379, '1:C * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo\n', '1:M * Ready to accept connections tcp\n', 150) },
  }),
  hub('postgres', {
    sizeBytes: 155 * MIB, userland: 'debian', ports: [5432], entrypoint: ['postgres'], users: { postgres: 999 },
    programs: { '/usr/local/bin/postgres': tcpServer(5432, 'LOG:  starting PostgreSQL\n', 'LOG:  database system is ready to accept connections\n', 1_800) },
  }),
  hub('mysql', {
    sizeBytes: 230 * MIB, userland: 'debian', ports: [3306], entrypoint: ['mysqld'], users: { mysql: 999 },
    programs: { '/usr/local/bin/mysqld': tcpServer(3306, '[Server] /usr/sbin/mysqld: starting as process 1\n', '[Server] /usr/sbin/mysqld: ready for connections.\n', 4_000) },
  }),
  { repository: 'registry.k8s.io/pause', tags: 'any', sizeBytes: 319_000, userland: 'none', entrypoint: ['/pause'], programs: { '/pause': sleepForever } },
];
