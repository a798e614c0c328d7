import { select, zoom, zoomIdentity, type D3ZoomEvent } from 'd3';
import { momentText } from '../scale/time_format.ts';
import { eventSentence, laneName, operationSentence } from '../words/event_words.ts';
import type { Tooltip } from '../page/tooltip.ts';
import type { Session } from '../timeline/session.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { windowNsMin } from '../timeline/view.ts';
import { spanSentence } from '../words/span_words.ts';
import { type Picked, pick } from './pick.ts';

/** Wheel and drag to zoom and pan, hover for words, click to select. */
export function attachPointer(timeline: Timeline, session: Session, tooltip: Tooltip): void {
  const { overlay } = timeline;
  attachZoom(timeline, session);
  overlay.addEventListener('pointermove', (event) => {
    if (event.buttons !== 0) {
      tooltip.hide();
      return;
    }
    const { x, y } = local(overlay, event);
    const { frame } = timeline;
    if (frame !== null) session.pointAt(frame.window.startNs + x * frame.nsPerPixel);
    const picked = timeline.frame === null ? null : pick(timeline.frame, x, y);
    session.hoverOperation(picked?.kind === 'operation' ? picked.operation.id : -1);
    overlay.style.cursor = picked === null ? '' : 'pointer';
    if (picked === null) tooltip.hide();
    else
      tooltip.show(pickedWords(session, picked), pickedTime(session, picked), event.clientX, event.clientY);
  });
  overlay.addEventListener('pointerleave', () => {
    session.pointAt(-1);
    tooltip.hide();
    session.hoverOperation(-1);
  });
  overlay.addEventListener('click', (event) => {
    const { x, y } = local(overlay, event);
    const picked = timeline.frame === null ? null : pick(timeline.frame, x, y);
    session.select(picked?.event ?? -1);
    timeline.stage.focus({ preventScroll: true });
  });
}

function local(overlay: Element, event: MouseEvent): { readonly x: number; readonly y: number } {
  const box = overlay.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

function pickedWords(session: Session, picked: Picked): string {
  const { model } = session;
  if (picked.kind === 'operation') return operationSentence(model, picked.operation.id);
  if (picked.kind === 'flag') return picked.flag.words;
  if (picked.kind === 'span')
    return spanSentence(model, picked.lane, picked.atNs, laneName(model, picked.lane));
  return eventSentence(model, picked.event);
}

function pickedTime(session: Session, picked: Picked): string {
  const atNs = picked.kind === 'span' ? picked.atNs : (session.model.trace.timesNs[picked.event] as number);
  return momentText(Math.round(atNs));
}

/** D3's zoom drives the window; changes from elsewhere (brush, keys) are written back into its transform. */
function attachZoom(timeline: Timeline, session: Session): void {
  const { overlay } = timeline;
  const root = select(overlay);
  let applying = false;
  const behaviour = zoom<SVGSVGElement, unknown>()
    .filter((event: WheelEvent) => !isPanWheel(event) && !event.button)
    .on('zoom', (event: D3ZoomEvent<SVGSVGElement, unknown>) => {
      if (applying) return;
      const source = event.sourceEvent as MouseEvent | null;
      if (source?.type === 'mousemove' && source.movementY !== 0) timeline.scrollBy(-source.movementY);
      const { k, x } = event.transform;
      const length = session.model.durationNs / k;
      const startNs = (-x / timeline.width) * length;
      session.show({ startNs, endNs: startNs + length });
    });
  root.call(behaviour);
  const write = (): void => {
    const { width, height } = timeline;
    behaviour.extent([
      [0, 0],
      [width, height],
    ]);
    behaviour.translateExtent([
      [0, -Infinity],
      [width, Infinity],
    ]);
    const { startNs, endNs } = session.window;
    const { durationNs } = session.model;
    behaviour.scaleExtent([1, Math.max(1, durationNs / windowNsMin)]);
    const k = durationNs / (endNs - startNs);
    applying = true;
    behaviour.transform(root, zoomIdentity.translate((-startNs / durationNs) * k * width, 0).scale(k));
    applying = false;
  };
  session.onChange((change) => {
    if (change === 'window' || change === 'size' || change === 'model') write();
  });
  overlay.addEventListener(
    'wheel',
    (event) => {
      if (!isPanWheel(event)) return;
      event.preventDefault();
      const delta = event.deltaX === 0 ? event.deltaY : event.deltaX;
      const shift = delta * ((session.window.endNs - session.window.startNs) / timeline.width);
      session.show({ startNs: session.window.startNs + shift, endNs: session.window.endNs + shift });
    },
    { passive: false },
  );
  timeline.element.addEventListener('wheel', (event) => {
    if (event.target instanceof Element && event.target.closest('.gutter')) timeline.scrollBy(event.deltaY);
  });
}

function isPanWheel(event: Event): boolean {
  return event instanceof WheelEvent && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY));
}
