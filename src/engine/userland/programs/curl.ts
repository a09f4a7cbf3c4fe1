import { utf8Base64 } from '../../apimachinery/base64.ts';
import type { Task } from '../../kernel/task.ts';
import type { NetOutcome } from '../../network/contract.ts';
import { FileError, type SystemProcess } from '../contract.ts';
import { credentialsOf, fileErrorWords } from '../files/open-file.ts';
import { nameOf, resolvePath, utf8Length } from '../files/path.ts';
import { parseFlags, type Flags } from './flags.ts';
import { readWhole } from './program-input.ts';
import { parseUrl, reasonOf, type RequestUrl } from './url.ts';

const HINT = "curl: try 'curl --help' or 'curl --manual' for more information\n";
const REDIRECT_LIMIT = 50;
/** How long a client keeps trying to connect when nobody answers (Linux TCP default with six retries: 2 min 7 s). */
const CONNECT_TIMEOUT_MS = 130_000;

type Response = Extract<NetOutcome, { kind: 'response' }>;

/** `curl`. */
export function* curl(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, {
    short: 'sSo:Ow:IiX:H:d:kvm:LfGu:A:e:b:c:x:T:F:#NgqnjtaZ46', failure: 2, usage: HINT.trimEnd(),
    long: {
      silent: 's', 'show-error': 'S', 'output=': 'o', 'remote-name': 'O', 'write-out=': 'w', head: 'I', include: 'i', 'request=': 'X', 'header=': 'H', 'data=': 'd', 'data-raw=': 'data-raw',
      'data-binary=': 'data-raw', 'data-urlencode=': 'data-urlencode', 'json=': 'json', insecure: 'k', verbose: 'v', 'max-time=': 'm', 'connect-timeout=': 'connect-timeout', location: 'L', fail: 'f',
      'fail-with-body': 'fail-with-body', get: 'G', 'user=': 'u', 'user-agent=': 'A', 'cacert=': 'cacert', 'cert=': 'cert', 'key=': 'key', 'retry=': 'retry', 'retry-delay=': 'retry-delay',
      'retry-connrefused': 'retry-connrefused', 'retry-all-errors': 'retry-all', 'resolve=': 'resolve', 'url=': 'url', 'no-progress-meter': 's', version: 'V', 'http1.1': '0', http2: '2', compressed: 'compressed', 'no-buffer': 'N', 'max-redirs=': 'max-redirs', 'globoff': 'g', 'interface=': 'interface',
    },
  });
  if (typeof flags === 'number') return flags;
  if (flags.has('V')) { yield* process.write(1, 'curl 8.14.1 (x86_64-pc-linux-gnu) libcurl/8.14.1\n'); return 0; }
  const urls = [...flags.operands, ...flags.values('url')];
  if (urls.length === 0) { yield* process.write(2, `curl: (2) no URL specified\n${HINT}`); return 2; }
  for (const flag of ['x', 'F', 'T', 'interface']) {
    if (flags.has(flag)) { yield* process.write(2, `curl: this curl has no proxies, forms or uploads; -d sends a body\n`); return 2; }
  }
  let code = 0;
  for (const url of urls) code = yield* one(process, flags, url);
  return code;
}

class CurlFailure {
  readonly code: number;
  readonly message: string;

  constructor(code: number, message: string) {
    this.code = code;
    this.message = message;
  }
}

function* one(process: SystemProcess, flags: Flags, text: string): Task<number> {
  const attempts = Number(flags.value('retry') ?? 0) + 1;
  const startMs = process.kernel.nowMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = yield* fetchUrl(process, flags, text);
      if (attempt < attempts && [408, 429, 500, 502, 503, 504].includes(response.status)) {
        yield* waitToRetry(process, flags, attempt, attempts, `HTTP error`);
        continue;
      }
      return yield* deliver(process, flags, text, response, startMs);
    } catch (thrown) {
      if (!(thrown instanceof CurlFailure)) throw thrown;
      const retriable = flags.has('retry-all') || thrown.code === 28 || (thrown.code === 7 && flags.has('retry-connrefused'));
      if (retriable && attempt < attempts) { yield* waitToRetry(process, flags, attempt, attempts, 'timeout'); continue; }
      if (flags.has('w')) yield* process.write(1, writeOut(flags.value('w')!, undefined, text, process.kernel.nowMs - startMs));
      if (!flags.has('s') || flags.has('S')) yield* process.write(2, `curl: (${thrown.code}) ${thrown.message}\n`);
      return thrown.code;
    }
  }
}

function* waitToRetry(process: SystemProcess, flags: Flags, attempt: number, attempts: number, problem: string): Task<void> {
  const delay = Number(flags.value('retry-delay') ?? 2 ** (attempt - 1));
  if (!flags.has('s')) yield* process.write(2, `Warning: Problem: ${problem}. Will retry in ${delay} second${delay === 1 ? '' : 's'}. ${attempts - attempt} ${attempts - attempt === 1 ? 'retry' : 'retries'} left.\n`);
  yield* process.sleep(delay * 1000);
}

function* requestBody(process: SystemProcess, flags: Flags): Task<string | undefined> {
  const parts: string[] = [];
  for (const { flag, value } of flags.order) {
    if (!['d', 'data-raw', 'data-urlencode', 'json'].includes(flag)) continue;
    if (value!.startsWith('@') && flag !== 'data-raw') {
      const read = yield* readWhole(process, value!.slice(1));
      if (typeof read === 'string') throw new CurlFailure(26, `Failed to open ${value!.slice(1)}`);
      parts.push(flag === 'd' ? read.text.replace(/[\r\n]/g, '') : read.text);
    } else parts.push(flag === 'data-urlencode' ? value!.replace(/^([^=]*=)?([\s\S]*)$/, (_, name: string | undefined, rest: string) => (name ?? '') + encodeURIComponent(rest)) : value!);
  }
  return parts.length === 0 ? undefined : parts.join('&');
}

function* fetchUrl(process: SystemProcess, flags: Flags, text: string): Task<Response> {
  let url = parsed(text);
  let body = yield* requestBody(process, flags);
  let method = flags.value('X') ?? (flags.has('I') ? 'HEAD' : body !== undefined && !flags.has('G') ? 'POST' : 'GET');
  if (flags.has('G') && body !== undefined) {
    url = { ...url, path: url.path + (url.path.includes('?') ? '&' : '?') + body };
    body = undefined;
  }
  const headers: Record<string, string> = { 'user-agent': flags.value('A') ?? 'curl/8.14.1', accept: '*/*' };
  if (body !== undefined) headers['content-type'] = flags.has('json') ? 'application/json' : 'application/x-www-form-urlencoded';
  if (flags.has('json')) headers.accept = 'application/json';
  const user = flags.value('u') ?? url.user;
  if (user !== undefined) headers.authorization = `Basic ${utf8Base64(user)}`;
  for (const header of flags.values('H')) {
    const colon = header.indexOf(':');
    if (colon > 0 && header.slice(colon + 1).trim() !== '') headers[header.slice(0, colon).trim().toLowerCase()] = header.slice(colon + 1).trim();
    else if (colon > 0) delete headers[header.slice(0, colon).trim().toLowerCase()];
  }
  const deadlineMs = process.kernel.nowMs + (flags.has('m') ? Number(flags.value('m')) * 1000 : Number.POSITIVE_INFINITY);
  for (let hop = 0; ; hop += 1) {
    const response = yield* exchange(process, flags, url, method, headers, body, deadlineMs);
    const location = response.headers.location ?? response.headers.Location;
    if (!flags.has('L') || location === undefined || response.status < 300 || response.status >= 400) return response;
    if (hop >= Number(flags.value('max-redirs') ?? REDIRECT_LIMIT)) throw new CurlFailure(47, `Maximum (${flags.value('max-redirs') ?? REDIRECT_LIMIT}) redirects followed`);
    url = location.startsWith('/') ? { ...url, path: location } : parsed(location);
    if (response.status !== 307 && response.status !== 308 && method === 'POST' && !flags.has('X')) { method = 'GET'; body = undefined; }
  }
}

function parsed(text: string): RequestUrl {
  const url = parseUrl(text);
  if (!url || url.host === '') throw new CurlFailure(3, url ? 'URL rejected: No host part in the URL' : 'URL rejected: Malformed input to a URL function');
  if (url.port > 65_535) throw new CurlFailure(3, 'URL rejected: Port number was not a decimal number between 0 and 65535');
  if (url.scheme !== 'http' && url.scheme !== 'https') throw new CurlFailure(1, `Protocol "${url.scheme}" not supported`);
  return url;
}

function* exchange(process: SystemProcess, flags: Flags, url: RequestUrl, method: string, headers: Record<string, string>, body: string | undefined, deadlineMs: number): Task<Response> {
  const startMs = process.kernel.nowMs;
  const connectMs = flags.has('connect-timeout') ? Number(flags.value('connect-timeout')) * 1000 : CONNECT_TIMEOUT_MS;
  const verbose = (line: string): Task<void> => process.write(2, `${line}\n`);
  const timeoutMs = Math.min(deadlineMs - startMs, flags.has('connect-timeout') && !flags.has('m') ? connectMs : deadlineMs - startMs, Number.MAX_SAFE_INTEGER);
  const outcome = yield* process.system.network.exchange({
    protocol: 'http', host: url.host, port: url.port, tls: url.scheme === 'https', method, path: url.path, headers: { host: url.port === (url.scheme === 'https' ? 443 : 80) ? url.host : `${url.host}:${url.port}`, ...headers },
    ...(body === undefined ? {} : { body }), timeoutMs: Number.isFinite(timeoutMs) && timeoutMs < connectMs ? timeoutMs : connectMs,
  });
  const tookMs = Math.max(0, Math.round(process.kernel.nowMs - startMs));
  switch (outcome.kind) {
    case 'name-error': throw new CurlFailure(6, `Could not resolve host: ${url.host}`);
    case 'refused': case 'no-route':
      if (flags.has('v')) yield* verbose(`*   Trying ${outcome.address}:${url.port}...\n* connect to ${outcome.address} port ${url.port} failed: ${outcome.kind === 'refused' ? 'Connection refused' : 'No route to host'}\n* Failed to connect to ${url.host} port ${url.port} after ${tookMs} ms: Couldn't connect to server\n* closing connection #0`);
      throw new CurlFailure(7, `Failed to connect to ${url.host} port ${url.port} after ${tookMs} ms: Couldn't connect to server`);
    case 'timeout':
      if (flags.has('v')) yield* verbose(`*   Trying ${outcome.address}:${url.port}...`);
      throw new CurlFailure(28, process.kernel.nowMs >= deadlineMs || flags.has('connect-timeout') ? `Connection timed out after ${tookMs} milliseconds` : `Failed to connect to ${url.host} port ${url.port} after ${tookMs} ms: Couldn't connect to server`);
    case 'no-answer': throw new CurlFailure(28, `Operation timed out after ${tookMs} milliseconds with 0 bytes received`);
    case 'reset': throw new CurlFailure(outcome.kind === 'reset' ? 56 : 52, 'Recv failure: Connection reset by peer');
    case 'connected': throw new CurlFailure(52, 'Empty reply from server');
    case 'response': {
      if (flags.has('v')) {
        const sent = Object.entries(headers).map(([name, value]) => `> ${titled(name)}: ${value}`).join('\n');
        const received = Object.entries(outcome.headers).map(([name, value]) => `< ${titled(name)}: ${value}`).join('\n');
        yield* verbose(`* Host ${url.host}:${url.port} was resolved.\n* IPv6: (none)\n* IPv4: ${outcome.address}\n*   Trying ${outcome.address}:${url.port}...\n* Connected to ${url.host} (${outcome.address}) port ${url.port}\n> ${method} ${url.path} HTTP/1.1\n> Host: ${url.host}${url.port === 80 || url.port === 443 ? '' : `:${url.port}`}\n${sent}\n> \n* Request completely sent off\n< HTTP/1.1 ${outcome.status} ${reasonOf(outcome.status)}${received === '' ? '' : `\n${received}`}\n< `);
      }
      return outcome;
    }
  }
}

function titled(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

function* deliver(process: SystemProcess, flags: Flags, text: string, response: Response, startMs: number): Task<number> {
  const failed = (flags.has('f') || flags.has('fail-with-body')) && response.status >= 400;
  let shown = '';
  if (flags.has('I') || flags.has('i')) {
    shown += `HTTP/1.1 ${response.status} ${reasonOf(response.status)}\r\n${Object.entries(response.headers).map(([name, value]) => `${titled(name)}: ${value}\r\n`).join('')}\r\n`;
  }
  if (!flags.has('I') && !(failed && flags.has('f'))) shown += response.body;
  const output = flags.has('O') ? nameOf(parseUrl(text)!.path.split('?')[0]!) || 'index.html' : flags.value('o');
  if (output === undefined || output === '-') {
    const piped = process.descriptors.get(1)?.terminal === undefined;
    if (piped && !flags.has('s') && shown !== '') yield* process.write(2, progress(shown));
    yield* process.write(1, shown);
  } else if (output !== '/dev/null') {
    try {
      process.system.files.write(resolvePath(process.cwd, output), shown, { as: credentialsOf(process) });
    } catch (thrown) {
      if (!(thrown instanceof FileError)) throw thrown;
      yield* process.write(2, `Warning: Failed to open the file ${output}: ${fileErrorWords(thrown.code)}\ncurl: (23) client returned ERROR on write, ${utf8Length(shown)} bytes\n`);
      return 23;
    }
    if (!flags.has('s')) yield* process.write(2, progress(shown));
  }
  if (flags.has('w')) yield* process.write(1, writeOut(flags.value('w')!, response, text, process.kernel.nowMs - startMs));
  if (!failed) return 0;
  if (!flags.has('s') || flags.has('S')) yield* process.write(2, `curl: (22) The requested URL returned error: ${response.status}\n`);
  return 22;
}

function progress(text: string): string {
  const size = String(utf8Length(text)).padStart(5);
  return `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\r100 ${size}  100 ${size}    0     0  ${size}      0 --:--:-- --:--:-- --:--:-- ${size}\n`;
}

function writeOut(format: string, response: Response | undefined, url: string, tookMs: number): string {
  const seconds = (tookMs / 1000).toFixed(6);
  const values: Record<string, string> = {
    http_code: String(response?.status ?? 0).padStart(3, '0'), response_code: String(response?.status ?? 0).padStart(3, '0'), time_total: seconds, time_connect: ((response?.tookMs ?? 0) / 2000).toFixed(6), time_namelookup: '0.001000',
    time_starttransfer: seconds, size_download: String(response ? utf8Length(response.body) : 0), remote_ip: response?.address ?? '', url_effective: url, content_type: response?.headers['content-type'] ?? '', num_redirects: '0', exitcode: '0', http_version: response ? '1.1' : '0', method: 'GET', scheme: 'HTTP',
  };
  return format.replace(/%\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole).replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\r/g, '\r').replace(/%%/g, '%');
}
