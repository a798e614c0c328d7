import { rememberedMessages } from '../limits.ts';

const typesMax = 32;

interface Delivered {
  readonly sendEvent: number;
  readonly payload: unknown;
}

/** In two arrays, so that nothing is made for a message that is noted. */
interface Ring {
  readonly sendEvents: number[];
  readonly payloads: unknown[];
  next: number;
}

/** The last messages of each type that each link delivered, so that they can come once more. */
export class DeliveredMessages {
  private readonly endpoints: number;
  private readonly rings: (Ring | undefined)[] = [];

  constructor(endpoints: number) {
    this.endpoints = endpoints;
  }

  note(from: number, to: number, type: number, sendEvent: number, payload: unknown): void {
    const slot = (from * (this.endpoints + 1) + to) * typesMax + type;
    const ring = (this.rings[slot] ??= { sendEvents: [], payloads: [], next: 0 });
    ring.sendEvents[ring.next] = sendEvent;
    ring.payloads[ring.next] = payload;
    ring.next = (ring.next + 1) % rememberedMessages;
  }

  /** Up to `count` of them, the oldest first. */
  last(from: number, to: number, type: number, count: number): readonly Delivered[] {
    const ring = this.rings[(from * (this.endpoints + 1) + to) * typesMax + type];
    if (ring === undefined) return [];
    const { sendEvents, payloads, next } = ring;
    const messages = sendEvents.map((sendEvent, i): Delivered => ({ sendEvent, payload: payloads[i] }));
    return [...messages.slice(next), ...messages.slice(0, next)].slice(-count);
  }
}
