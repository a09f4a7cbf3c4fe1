/** Just enough of RFC 6455 for kubectl exec: a server side, binary frames, no extensions. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export interface WebSocketPeer {
  send(data: Buffer): void;
  close(): void;
}

export interface WebSocketEvents {
  message(data: Buffer): void;
  closed(): void;
}

/** Answers the upgrade with `protocol` and speaks frames from then on. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, protocol: string, events: WebSocketEvents): WebSocketPeer {
  const accept = createHash('sha1').update(String(request.headers['sec-websocket-key']) + ACCEPT_SUFFIX).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`);
  let pending = Buffer.alloc(0);
  let fragments: Buffer[] = [];
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    events.closed();
  };
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const frame = readFrame(pending);
      if (!frame) return;
      pending = pending.subarray(frame.size);
      if (frame.opcode === 8) {
        socket.end(encodeFrame(8, frame.payload.subarray(0, 2)));
        end();
        return;
      }
      if (frame.opcode === 9) socket.write(encodeFrame(10, frame.payload));
      else if (frame.opcode <= 2) {
        fragments.push(frame.payload);
        if (!frame.final) continue;
        const message = Buffer.concat(fragments);
        fragments = [];
        events.message(message);
      }
    }
  });
  socket.on('close', end);
  socket.on('error', end);
  return {
    send(data) { if (!ended) socket.write(encodeFrame(2, data)); },
    close() {
      if (ended) return;
      socket.end(encodeFrame(8, Buffer.from([0x03, 0xe8])));
      end();
    },
  };
}

interface Frame { readonly final: boolean; readonly opcode: number; readonly payload: Buffer; readonly size: number }

function readFrame(data: Buffer): Frame | undefined {
  if (data.length < 2) return undefined;
  const masked = (data[1]! & 0x80) !== 0;
  let length = data[1]! & 0x7f;
  let at = 2;
  if (length === 126) {
    if (data.length < 4) return undefined;
    length = data.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (data.length < 10) return undefined;
    length = Number(data.readBigUInt64BE(2));
    at = 10;
  }
  const maskAt = at;
  if (masked) at += 4;
  if (data.length < at + length) return undefined;
  const payload = Buffer.from(data.subarray(at, at + length));
  if (masked) for (let i = 0; i < length; i += 1) payload[i] = payload[i]! ^ data[maskAt + (i & 3)]!;
  return { final: (data[0]! & 0x80) !== 0, opcode: data[0]! & 0x0f, payload, size: at + length };
}

function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const header = length < 126 ? Buffer.from([0x80 | opcode, length])
    : length < 65_536 ? Buffer.from([0x80 | opcode, 126, length >> 8, length & 255])
      : Buffer.concat([Buffer.from([0x80 | opcode, 127]), bigLength(length)]);
  return Buffer.concat([header, payload]);
}

function bigLength(length: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(length));
  return buffer;
}
