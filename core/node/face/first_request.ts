import type { Socket } from 'node:net';
import { frameHeaderBytes, mendAuthority } from './authority.ts';

const prefaceBytes = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;
/** More than any client says before its first request; then it is as it is. */
const heldBytesMax = 64 * 1024;

const FrameType = { headers: 1, settings: 4, windowUpdate: 8 } as const;
const acknowledged = 0x01;
/** SETTINGS with nothing in it. */
const ownSettings = Buffer.from([0, 0, 0, FrameType.settings, 0, 0, 0, 0, 0]);

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Holds an HTTP/2 connection until its first request is there and has been mended (`mendAuthority`), then passes it on. A client does not ask
 * before it has seen the server's settings: empty ones are sent here, and that they were acknowledged is kept from who takes over.
 */
export function awaitFirstRequest(socket: Socket, take: (socket: Socket) => void): void {
  let held: Buffer = Buffer.alloc(0);
  const release = (frames: readonly Frame[]): void => {
    socket.off('readable', look);
    const own = frames.find(({ type, flags }) => type === FrameType.settings && (flags & acknowledged) !== 0);
    const rest =
      own === undefined ? held : Buffer.concat([held.subarray(0, own.start), held.subarray(own.end)]);
    if (rest.length > 0) socket.unshift(rest);
    take(socket);
  };
  const look = (): void => {
    for (let bytes = socket.read() as Buffer | null; bytes !== null; bytes = socket.read() as Buffer | null) {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    }
    const frames = framesIn(held);
    const isAcknowledged = frames.some(
      ({ type, flags }) => type === FrameType.settings && (flags & acknowledged) !== 0,
    );
    const request = frames.find(({ type }) => type === FrameType.headers);
    const isOther = frames.some(({ type }) => !isOpening(type));
    if (held.length < heldBytesMax && (!isAcknowledged || (request === undefined && !isOther))) return;
    if (request !== undefined) mendAuthority(held.subarray(request.start, request.end));
    release(frames);
  };
  socket.on('readable', look);
  socket.write(ownSettings);
  look();
}

function isOpening(type: number): boolean {
  return type === FrameType.headers || type === FrameType.settings || type === FrameType.windowUpdate;
}

/** The whole frames behind the preface. */
function framesIn(bytes: Buffer): readonly Frame[] {
  const frames: Frame[] = [];
  for (let start = prefaceBytes; start + frameHeaderBytes <= bytes.length;) {
    const end = start + frameHeaderBytes + bytes.readUIntBE(start, 3);
    if (end > bytes.length) break;
    frames.push({ type: bytes[start + 3] as number, flags: bytes[start + 4] as number, start, end });
    start = end;
  }
  return frames;
}
