import { h } from '../page/dom.ts';
import type { Session } from '../timeline/session.ts';

const sweepMs = 700;

/** Hides what happens after a moment, on every lane. It moves as if time passed, or at once for those who asked for less motion. */
export class Curtain {
  private readonly cloths: readonly HTMLElement[];
  private readonly session: Session;
  private atNs = Infinity;
  private frame = 0;

  constructor(session: Session, stages: readonly Element[]) {
    this.session = session;
    this.cloths = stages.map((stage) => {
      const cloth = h('div', { class: 'curtain', 'aria-hidden': 'true' });
      stage.append(cloth);
      return cloth;
    });
    session.onChange((change) => {
      if (change === 'window' || change === 'size') this.place();
    });
  }

  /** Resolves when it is there, with false if it was sent elsewhere meanwhile. */
  moveTo(atNs: number, fromNs = this.atNs): Promise<boolean> {
    cancelAnimationFrame(this.frame);
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (calm || !Number.isFinite(fromNs) || fromNs >= atNs) {
      this.put(atNs);
      return Promise.resolve(true);
    }
    const began = performance.now();
    return new Promise((resolve) => {
      const target = atNs;
      const step = (): void => {
        const share = Math.min(1, (performance.now() - began) / sweepMs);
        this.put(share === 1 ? target : fromNs + (target - fromNs) * share);
        if (share === 1) resolve(true);
        else this.frame = requestAnimationFrame(step);
      };
      step();
    });
  }

  /** Nothing is hidden any more. */
  open(): void {
    cancelAnimationFrame(this.frame);
    this.put(Infinity);
  }

  private put(atNs: number): void {
    this.atNs = atNs;
    this.place();
  }

  private place(): void {
    const { startNs, endNs } = this.session.window;
    const share = (this.atNs - startNs) / (endNs - startNs);
    for (const cloth of this.cloths) {
      cloth.hidden = !(share < 1);
      cloth.style.left = `${Math.max(0, share) * 100}%`;
    }
  }
}
