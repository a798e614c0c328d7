import { rememberedMessages } from '../limits.ts';

const typesMax = 32;

interface Delivered {
  readonly sendEvent: number;
  readonly payload: unknown;
}

/** The last messages of each type that each link delivered, so that they can come once more. */
export class DeliveredMessages {
  private readonly endpoints: number;
  private readonly rings: ({ readonly messages: Delivered[]; next: number } | undefined)[] = [];

  constructor(endpoints: number) {
    this.endpoints = endpoints;
  }

  note(from: number, to: number, type: number, sendEvent: number, payload: unknown): void {
    const slot = (from * (this.endpoints + 1) + to) * typesMax + type;
    const ring = (this.rings[slot] ??= { messages: [], next: 0 });
    ring.messages[ring.next] = { sendEvent, payload };
    ring.next = (ring.next + 1) % rememberedMessages;
  }

  /** Up to `count` of them, the oldest first. */
  last(from: number, to: number, type: number, count: number): readonly Delivered[] {
    const ring = this.rings[(from * (this.endpoints + 1) + to) * typesMax + type];
    if (ring === undefined) return [];
    const { messages, next } = ring;
    return [...messages.slice(next), ...messages.slice(0, next)].slice(-count);
  }
}
