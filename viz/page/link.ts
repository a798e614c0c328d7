import { linkWords } from '../load/sources.ts';
import type { Session } from '../timeline/session.ts';

/** What a link says about the view: the selected event and the stretch of time. */
const viewNames = ['sel', 'from', 'to'] as const;

/** What a link says of the run that it was made from. */
const originNames = ['v', 'build', 'digest'] as const;

/** The address without its view: two links with the same one show the same run. */
export function runOfLink(address: URL): string {
  const words = linkWords(address);
  for (const name of [...viewNames, ...originNames, 'theme', 'cmp']) words.delete(name);
  words.sort();
  return words.toString();
}

/** Shows what the link asks for. Times are nanoseconds; what is missing or no number stays as it is. */
export function applyLink(address: URL, session: Session): void {
  const words = linkWords(address);
  const number = (name: string): number => {
    const text = words.get(name);
    return text === null || text === '' ? Number.NaN : Number(text);
  };
  const [from, to, event] = [number('from'), number('to'), number('sel')];
  if (to > from) session.show({ startNs: from, endNs: to });
  if (Number.isInteger(event) && event >= 0 && event < session.model.trace.length) {
    if (!(to > from)) session.reveal(event);
    session.select(event);
  }
}

/** The address of exactly this view. */
export function linkTo(address: URL, session: Session): string {
  const words = new URLSearchParams(address.hash.slice(1));
  for (const name of viewNames) words.delete(name);
  const { window, selected } = session;
  words.set('from', String(Math.floor(window.startNs)));
  words.set('to', String(Math.ceil(window.endNs)));
  if (selected >= 0) words.set('sel', String(selected));
  const link = new URL(address);
  link.hash = words.toString();
  return link.href;
}
