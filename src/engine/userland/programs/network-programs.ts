import type { Task } from '../../kernel/task.ts';
import type { DnsAnswer } from '../../network/contract.ts';
import { FileError, type SystemProcess, type SystemProgram } from '../contract.ts';
import { credentialsOf, fileErrorWords } from '../files/open-file.ts';
import { nameOf, resolvePath, utf8Length } from '../files/path.ts';
import { curl } from './curl.ts';
import { formatDate } from './date-format.ts';
import { parseFlags } from './flags.ts';
import { isBusybox } from './program-input.ts';
import { parseUrl, reasonOf } from './url.ts';

/** `wget`, in busybox's or GNU's words. */
export function* wget(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, {
    short: 'qO:ST:t:cP:U:', failure: isBusybox(process) ? 1 : 2,
    long: { quiet: 'q', 'output-document=': 'O', 'server-response': 'S', 'timeout=': 'T', 'tries=': 't', 'header=': 'header', 'post-data=': 'post-data', spider: 'spider', 'no-check-certificate': 'no-check', 'no-verbose': 'nv' },
  });
  if (typeof flags === 'number') return flags;
  const text = flags.operands[0];
  if (text === undefined) { yield* process.write(2, isBusybox(process) ? 'BusyBox v1.37.0 multi-call binary.\n\nUsage: wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [-T SEC] URL...\n' : "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n"); return 1; }
  const url = parseUrl(text);
  if (!url || url.host === '') { yield* process.write(2, isBusybox(process) ? `wget: not an http or ftp url: ${text}\n` : `${text}: Invalid host name.\n`); return 1; }
  const busybox = isBusybox(process);
  const say = function* (line: string): Task<void> { if (!flags.has('q')) yield* process.write(2, `${line}\n`); };
  const body = flags.value('post-data');
  const seconds = Number(flags.value('T') ?? 900);
  const outcome = yield* process.system.network.exchange({
    protocol: 'http', host: url.host, port: url.port, tls: url.scheme === 'https', method: body === undefined ? (flags.has('spider') ? 'HEAD' : 'GET') : 'POST', path: url.path,
    headers: { host: url.host, 'user-agent': busybox ? 'Wget' : 'Wget/1.21.3', ...Object.fromEntries(flags.values('header').map(header => [header.slice(0, header.indexOf(':')).toLowerCase(), header.slice(header.indexOf(':') + 1).trim()])) },
    ...(body === undefined ? {} : { body }), timeoutMs: Math.min(seconds, 130) * 1000,
  });
  const target = flags.value('O') ?? (nameOf(url.path.split('?')[0]!) || 'index.html');
  if (!busybox) yield* say(`--${formatDate('%Y-%m-%d %H:%M:%S', process.kernel.nowMs)}--  ${url.scheme}://${url.host}${url.port === 80 || url.port === 443 ? '' : `:${url.port}`}${url.path}`);
  if (outcome.kind === 'name-error') {
    if (busybox) yield* process.write(2, `wget: bad address '${url.host}${url.port === 80 ? '' : `:${url.port}`}'\n`);
    else { yield* say(`Resolving ${url.host} (${url.host})... failed: Name or service not known.`); yield* process.write(2, `wget: unable to resolve host address ‘${url.host}’\n`); }
    return busybox ? 1 : 4;
  }
  const { address } = outcome;
  if (busybox) yield* say(`Connecting to ${url.host}${url.port === 80 ? '' : `:${url.port}`} (${address}:${url.port})`);
  else yield* say(`Connecting to ${url.host} (${url.host})|${address}|:${url.port}... ${outcome.kind === 'response' || outcome.kind === 'no-answer' || outcome.kind === 'reset' ? 'connected.' : outcome.kind === 'refused' ? 'failed: Connection refused.' : outcome.kind === 'no-route' ? 'failed: No route to host.' : 'failed: Connection timed out.'}`);
  if (outcome.kind !== 'response') {
    const words = outcome.kind === 'refused' ? `can't connect to remote host (${address}): Connection refused` : outcome.kind === 'no-route' ? `can't connect to remote host (${address}): No route to host` : outcome.kind === 'reset' ? 'error getting response: Connection reset by peer' : 'download timed out';
    if (busybox) yield* process.write(2, `wget: ${words}\n`);
    return busybox ? 1 : 4;
  }
  if (outcome.status >= 400) {
    if (busybox) yield* process.write(2, `wget: server returned error: HTTP/1.1 ${outcome.status} ${reasonOf(outcome.status)}\n`);
    else { yield* say(`HTTP request sent, awaiting response... ${outcome.status} ${reasonOf(outcome.status)}`); yield* say(`${formatDate('%Y-%m-%d %H:%M:%S', process.kernel.nowMs)} ERROR ${outcome.status}: ${reasonOf(outcome.status)}.\n`); }
    return busybox ? 1 : 8;
  }
  if (flags.has('spider')) { if (busybox) yield* say('remote file exists'); return 0; }
  if (!busybox) yield* say(`HTTP request sent, awaiting response... ${outcome.status} ${reasonOf(outcome.status)}\nLength: ${utf8Length(outcome.body)} [${outcome.headers['content-type'] ?? 'text/plain'}]\nSaving to: ‘${target === '-' ? 'STDOUT' : target}’\n`);
  if (target === '-') yield* process.write(1, outcome.body);
  else {
    try {
      if (target !== '/dev/null') process.system.files.write(resolvePath(process.cwd, target), outcome.body, { as: credentialsOf(process) });
    } catch (thrown) {
      if (!(thrown instanceof FileError)) throw thrown;
      yield* process.write(2, busybox ? `wget: can't open '${target}': ${fileErrorWords(thrown.code)}\n` : `${target}: ${fileErrorWords(thrown.code)}\n`);
      return busybox ? 1 : 3;
    }
  }
  if (busybox) yield* say(target === '-' ? `writing to stdout\n${'-'.padEnd(20)} 100% |********************************| ${String(utf8Length(outcome.body)).padStart(5)}  0:00:00 ETA\nwritten to stdout` : `saving to '${target}'\n${target.padEnd(20)} 100% |********************************| ${String(utf8Length(outcome.body)).padStart(5)}  0:00:00 ETA\n'${target}' saved`);
  else yield* say(`${formatDate('%Y-%m-%d %H:%M:%S', process.kernel.nowMs)} (1.00 MB/s) - ${target === '-' ? 'written to stdout' : `‘${target}’ saved`} [${utf8Length(outcome.body)}/${utf8Length(outcome.body)}]\n`);
  return 0;
}

function serverLines(answer: DnsAnswer): { server: string; address: string } {
  return { server: answer.server.replace(/:53$/, ''), address: answer.server.replace(/:53$/, '#53') };
}

/** `nslookup`. */
export function* nslookup(process: SystemProcess): Task<number> {
  const operands = process.argv.slice(1).filter(word => !word.startsWith('-'));
  const [name] = operands;
  if (name === undefined) { yield* process.write(2, isBusybox(process) ? 'BusyBox v1.37.0 multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n' : "nslookup: the interactive mode is not modelled here; give it a name\n"); return 1; }
  const answer = yield* process.system.network.resolve(name);
  const { server, address } = serverLines(answer);
  const busybox = isBusybox(process);
  if (answer.rcode === 'TIMEOUT') {
    yield* process.write(1, busybox ? ';; connection timed out; no servers could be reached\n\n' : `;; communications error to ${address}: timed out\n;; communications error to ${address}: timed out\n;; communications error to ${address}: timed out\n;; no servers could be reached\n\n`);
    return 1;
  }
  yield* process.write(1, busybox ? `Server:\t\t${server}\nAddress:\t${server}:53\n\n` : `Server:\t\t${server}\nAddress:\t${address}\n\n`);
  if (answer.rcode !== 'NOERROR' || answer.addresses.length === 0) {
    const shown = answer.rcode === 'NOERROR' ? 'No answer' : answer.rcode;
    yield* process.write(1, shown === 'No answer' ? `*** Can't find ${name}: No answer\n\n` : `** server can't find ${busybox ? name : answer.name}: ${shown}\n\n`);
    return 1;
  }
  if (answer.canonicalName) yield* process.write(1, `${answer.name}\tcanonical name = ${answer.canonicalName}.\n`);
  for (const one of answer.addresses) yield* process.write(1, busybox ? `Name:\t${answer.name}\nAddress: ${one}\n` : `Name:\t${answer.canonicalName ?? answer.name}\nAddress: ${one}\n`);
  yield* process.write(1, '\n');
  return 0;
}

/** `dig`, `host`: A records. */
export function* dig(process: SystemProcess): Task<number> {
  const words = process.argv.slice(1);
  const short = words.includes('+short');
  const search = words.includes('+search');
  const typed = words.find(word => /^(?:A|AAAA|SRV|CNAME|NS|MX|TXT|PTR|ANY|SOA)$/i.test(word));
  const name = words.find(word => !/^[@+-]/.test(word) && word !== typed);
  if (name === undefined || (typed && !/^(?:A|CNAME|ANY)$/i.test(typed))) {
    yield* process.write(2, typed ? `dig: ${typed} records are not modelled here; A records are\n` : 'dig: give it a name\n');
    return 1;
  }
  const asked = search || name.endsWith('.') ? name : `${name}.`;
  const answer = yield* process.system.network.resolve(asked);
  const { server } = serverLines(answer);
  if (answer.rcode === 'TIMEOUT') { yield* process.write(1, `;; communications error to ${server}#53: timed out\n;; no servers could be reached\n`); return 9; }
  const shown = `${answer.name.replace(/\.$/, '')}.`;
  if (short) { yield* process.write(1, [...(answer.canonicalName ? [`${answer.canonicalName}.`] : []), ...answer.addresses].map(line => `${line}\n`).join('')); return 0; }
  const answers = [...(answer.canonicalName ? [`${shown}\t\t30\tIN\tCNAME\t${answer.canonicalName}.`] : []), ...answer.addresses.map(one => `${answer.canonicalName ? `${answer.canonicalName}.` : shown}\t30\tIN\tA\t${one}`)];
  const id = process.kernel.random.below(65_536);
  yield* process.write(1, `\n; <<>> DiG 9.18.33 <<>> ${words.join(' ')}\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${answer.rcode}, id: ${id}\n;; flags: qr aa rd; QUERY: 1, ANSWER: ${answers.length}, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;${shown}\t\tIN\tA\n\n${answers.length > 0 ? `;; ANSWER SECTION:\n${answers.join('\n')}\n\n` : ''};; Query time: 1 msec\n;; SERVER: ${server}#53(${server}) (UDP)\n;; WHEN: ${formatDate('%a %b %d %H:%M:%S UTC %Y', process.kernel.nowMs)}\n;; MSG SIZE  rcvd: ${50 + answers.length * 16}\n\n`);
  return 0;
}

/** `host`. */
export function* host(process: SystemProcess): Task<number> {
  const name = process.argv.slice(1).find(word => !word.startsWith('-'));
  if (name === undefined) { yield* process.write(2, 'Usage: host [-aCdilrTvVw] hostname [server]\n'); return 1; }
  const answer = yield* process.system.network.resolve(name);
  if (answer.rcode === 'TIMEOUT') { yield* process.write(1, ';; connection timed out; no servers could be reached\n'); return 1; }
  if (answer.rcode !== 'NOERROR') { yield* process.write(1, `Host ${name} not found: 3(${answer.rcode})\n`); return 1; }
  for (const one of answer.addresses) yield* process.write(1, `${answer.name} has address ${one}\n`);
  return 0;
}

/** `getent hosts NAME`, `getent passwd [NAME]`. */
export function* getent(process: SystemProcess): Task<number> {
  const [, database, key] = process.argv;
  if (database === 'hosts' || database === 'ahosts' || database === 'ahostsv4') {
    if (key === undefined) { yield* process.write(1, process.system.files.read('/etc/hosts')); return 0; }
    const answer = yield* process.system.network.resolve(key);
    if (answer.rcode !== 'NOERROR' || answer.addresses.length === 0) return 2;
    for (const one of answer.addresses) yield* process.write(1, `${one.padEnd(15)} ${database === 'hosts' ? answer.canonicalName ?? answer.name : 'STREAM ' + answer.name}\n`);
    return 0;
  }
  if (database === 'passwd' || database === 'group') {
    const lines = process.system.files.read(`/etc/${database}`).split('\n').filter(line => line !== '' && (key === undefined || line.startsWith(`${key}:`) || line.split(':')[2] === key));
    yield* process.write(1, lines.map(line => `${line}\n`).join(''));
    return lines.length > 0 ? 0 : 2;
  }
  yield* process.write(2, `Unknown database: ${database ?? ''}\nTry \`getent --help' or \`getent --usage' for more information.\n`);
  return 1;
}

/** `nc -z host port`, with `-v` and `-w`. */
export function* nc(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'zvw:nulp:k4', usage: 'usage: nc [-46CDdFhklNnrStUuvZz] [-w timeout] [destination] [port]' });
  if (typeof flags === 'number') return flags;
  if (flags.has('u')) { yield* process.write(2, 'nc: UDP is not modelled here; TCP is\n'); return 1; }
  if (flags.has('l')) {
    const port = Number(flags.value('p') ?? flags.operands.at(-1));
    const listener = process.system.network.listen(port);
    if (!listener) { yield* process.write(2, 'nc: bind: Address in use\n'); return 1; }
    try {
      for (;;) yield* process.sleep(3_600_000);
    } finally {
      listener.close();
    }
  }
  const [name, range] = flags.operands;
  if (name === undefined || range === undefined) { yield* process.write(2, 'usage: nc [-46CDdFhklNnrStUuvZz] [-w timeout] [destination] [port]\n'); return 1; }
  const [from, to = from] = range.split('-').map(Number) as [number, number?];
  if (!Number.isInteger(from) || from < 1 || from > 65_535) { yield* process.write(2, `nc: port number invalid: ${range}\n`); return 1; }
  let code = 0;
  for (let port = from; port <= to!; port += 1) {
    const outcome = yield* process.system.network.exchange({ protocol: 'tcp', host: name, port, timeoutMs: flags.has('w') ? Number(flags.value('w')) * 1000 : 130_000 });
    if (outcome.kind === 'name-error') { yield* process.write(2, isBusybox(process) ? `nc: bad address '${name}'\n` : `nc: getaddrinfo for host "${name}" port ${port}: Name or service not known\n`); return 1; }
    if (outcome.kind === 'connected' || outcome.kind === 'response') {
      if (flags.has('v')) yield* process.write(2, isBusybox(process) ? `${name} (${outcome.address}:${port}) open\n` : `Connection to ${name} (${outcome.address}) ${port} port [tcp/*] succeeded!\n`);
      continue;
    }
    code = 1;
    const words = outcome.kind === 'refused' ? 'Connection refused' : outcome.kind === 'no-route' ? 'No route to host' : 'Connection timed out';
    if (flags.has('v')) yield* process.write(2, isBusybox(process) ? `nc: ${name} (${outcome.address}:${port}): ${words}\n` : `nc: connect to ${name} (${outcome.address}) port ${port} (tcp) failed: ${words}\n`);
  }
  if (!flags.has('z') && code === 0 && flags.operands.length > 1) yield* process.readAll(0);
  return code;
}

/** `ping`: an address answers when anything behind it can be reached at all; Service addresses do not answer ping. */
export function* ping(process: SystemProcess): Task<number> {
  const flags = yield* parseFlags(process, { short: 'c:i:w:W:qn4' });
  if (typeof flags === 'number') return flags;
  const [name] = flags.operands;
  if (name === undefined) { yield* process.write(2, isBusybox(process) ? 'BusyBox v1.37.0 multi-call binary.\n\nUsage: ping [OPTIONS] HOST\n' : 'ping: usage error: Destination address required\n'); return 1; }
  const answer = /^\d+\.\d+\.\d+\.\d+$/.test(name) ? { rcode: 'NOERROR' as const, addresses: [name] } : yield* process.system.network.resolve(name);
  const [address] = answer.addresses;
  if (address === undefined) { yield* process.write(2, isBusybox(process) ? `ping: bad address '${name}'\n` : `ping: ${name}: Name or service not known\n`); return isBusybox(process) ? 1 : 2; }
  const count = Number(flags.value('c') ?? Number.POSITIVE_INFINITY);
  yield* process.write(1, isBusybox(process) ? `PING ${name} (${address}): 56 data bytes\n` : `PING ${name} (${address}) 56(84) bytes of data.\n`);
  const startMs = process.kernel.nowMs;
  let [sent, received] = [0, 0];
  const times: number[] = [];
  const summary = function* (): Task<void> {
    const loss = sent === 0 ? 0 : Math.round(((sent - received) / sent) * 100);
    const span = times.length === 0 ? '' : isBusybox(process) ? `round-trip min/avg/max = ${Math.min(...times).toFixed(3)}/${(times.reduce((sum, ms) => sum + ms, 0) / times.length).toFixed(3)}/${Math.max(...times).toFixed(3)} ms\n` : `rtt min/avg/max/mdev = ${Math.min(...times).toFixed(3)}/${(times.reduce((sum, ms) => sum + ms, 0) / times.length).toFixed(3)}/${Math.max(...times).toFixed(3)}/0.010 ms\n`;
    yield* process.write(1, `\n--- ${name} ping statistics ---\n${sent} packets transmitted, ${received} ${isBusybox(process) ? 'packets received' : 'received'}, ${loss}% packet loss${isBusybox(process) ? '' : `, time ${Math.round(process.kernel.nowMs - startMs)}ms`}\n${span}`);
  };
  let stopped = false;
  process.onSignal('SIGINT', () => { stopped = true; });
  while (sent < count && !stopped) {
    // No echo requests in this network: a host that refuses a connection is there, one that stays silent is not.
    const outcome = yield* process.system.network.exchange({ protocol: 'tcp', host: address, port: 7, timeoutMs: 1000 });
    sent += 1;
    if (outcome.kind === 'refused' || outcome.kind === 'connected' || outcome.kind === 'response') {
      received += 1;
      const ms = 0.05 + process.kernel.random.fraction() * 0.1 + outcome.tookMs / 10;
      times.push(ms);
      yield* process.write(1, `64 bytes from ${address}: ${isBusybox(process) ? 'seq' : 'icmp_seq'}=${isBusybox(process) ? sent - 1 : sent} ttl=64 time=${ms.toFixed(3)} ms\n`);
    }
    if (sent < count && !stopped) yield* process.sleep(Number(flags.value('i') ?? 1) * 1000);
  }
  yield* summary();
  return received > 0 ? 0 : 1;
}

/** `ss -tln` and `netstat -tln`: the ports listened on. */
export function* listening(process: SystemProcess): Task<number> {
  const ports = process.system.network.listening();
  if (process.argv[0] === 'netstat') {
    yield* process.write(1, `Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       \n${ports.map(one => `tcp        0      0 ${`${one.loopbackOnly ? '127.0.0.1' : '0.0.0.0'}:${one.port}`.padEnd(23)} 0.0.0.0:*               LISTEN      \n`).join('')}`);
    return 0;
  }
  yield* process.write(1, `State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n${ports.map(one => `LISTEN 0      4096   ${`${one.loopbackOnly ? '127.0.0.1' : '0.0.0.0'}:${one.port}`.padStart(18)}      0.0.0.0:*          \n`).join('')}`);
  return 0;
}

export const networkPrograms: [string, SystemProgram][] = [
  ['curl', curl], ['wget', wget], ['nslookup', nslookup], ['dig', dig], ['host', host], ['getent', getent], ['nc', nc], ['ping', ping], ['ss', listening], ['netstat', listening],
];
