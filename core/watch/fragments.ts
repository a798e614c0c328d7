import { eventBytes } from './event.ts';
import type { Event, WatchResponse } from './messages.ts';

/** Room for the header and the other fields. */
const headBytes = 64;

/** Splits an answer that would be larger than `bytesMax` between events. All parts but the last are marked as fragments. */
export function fragmentsOf(response: WatchResponse, bytesMax: number): WatchResponse[] {
  const parts: Event[][] = [];
  let part: Event[] = [];
  let bytes = headBytes;
  for (const event of response.events) {
    const size = eventBytes(event);
    // A single event can't be split: it goes out alone, however large.
    if (part.length > 0 && bytes + size >= bytesMax) {
      parts.push(part);
      part = [];
      bytes = headBytes;
    }
    part.push(event);
    bytes += size;
  }
  parts.push(part);
  return parts.map((events, i) => ({ ...response, events, fragment: i < parts.length - 1 }));
}
