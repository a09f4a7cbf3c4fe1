/** exec and attach over a WebSocket: channel bytes 0 stdin, 1 stdout, 2 stderr, 3 error, 4 resize, 255 close. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecSession } from '../../engine/api-server/contract.ts';
import type { Descriptor } from '../../engine/kernel/pipe.ts';
import { startTask } from '../../engine/kernel/task.ts';
import { acceptWebSocket, type WebSocketPeer } from './web-socket.ts';

/** Protocols we speak, best first. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** The protocol both sides know, if any. */
export function chosenProtocol(request: IncomingMessage): string | undefined {
  const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(',').map(each => each.trim());
  return PROTOCOLS.find(each => offered.includes(each));
}

/** Joins a running session to a socket. @param pump lets the world take notice of input */
export function serveSession(request: IncomingMessage, socket: Duplex, protocol: string, session: ExecSession, pump: () => void): void {
  let inputOpen = true;
  const closeInput = (): void => {
    if (inputOpen) session.stdin.release();
    inputOpen = false;
  };
  const peer = acceptWebSocket(request, socket, protocol, {
    message(data) {
      const channel = data[0];
      if (channel === 0 && inputOpen) startTask(session.stdin.write(data.subarray(1).toString('utf8')), () => {});
      else if (channel === 4) resize(session, data.subarray(1).toString('utf8'));
      else if (channel === 255 && data[1] === 0) closeInput();
      pump();
    },
    closed() {
      closeInput();
      session.close();
      pump();
    },
  });
  const outputs = [copy(session.stdout, 1, peer), copy(session.stderr, 2, peer)];
  startTask(session.wait(), status => {
    // What was written before the end still has to arrive.
    void Promise.all(outputs).then(() => {
      peer.send(Buffer.concat([Buffer.from([3]), Buffer.from(JSON.stringify(status))]));
      peer.close();
    });
  });
  pump();
}

function copy(from: Descriptor, channel: number, peer: WebSocketPeer): Promise<void> {
  return new Promise(finish => {
    const loop = function* () {
      for (;;) {
        const text = yield* from.read();
        if (text === null) return;
        peer.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text, 'utf8')]));
      }
    };
    startTask(loop(), () => {
      from.release();
      finish();
    });
  });
}

function resize(session: ExecSession, text: string): void {
  try {
    const { Width, Height } = JSON.parse(text) as { Width?: number; Height?: number };
    if (Width && Height) session.resize(Width, Height);
  } catch {
    // A malformed size changes nothing.
  }
}
