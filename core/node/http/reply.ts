import type { IncomingMessage, ServerResponse } from 'node:http';

/** Bodies above this are refused before they are whole: the largest request in base64, and some. */
export const bodyBytesMax = 4 * 1024 * 1024;

export function answerText(response: ServerResponse, status: number, text: string): void {
  answer(response, status, 'text/plain; charset=utf-8', text);
}

export function answerJson(response: ServerResponse, status: number, text: string): void {
  answer(response, status, 'application/json', text);
}

function answer(response: ServerResponse, status: number, type: string, text: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

export function notFound(response: ServerResponse): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  answerText(response, 404, '404 page not found\n');
}

/** The whole body as text; null if it is too large, which is answered then, or the client is gone. */
export function readBody(request: IncomingMessage, response: ServerResponse): Promise<string | null> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let size = 0;
    request.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size <= bodyBytesMax) pieces.push(piece);
      else if (size - piece.length <= bodyBytesMax) {
        response.setHeader('Connection', 'close');
        answerText(response, 413, 'Request Entity Too Large\n');
        resolve(null);
      }
    });
    request.on('end', () => resolve(size > bodyBytesMax ? null : Buffer.concat(pieces).toString('utf8')));
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}
