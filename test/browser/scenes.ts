import type { RunFile } from '../../sim/trace/codec.ts';
import { Kind } from '../../sim/trace/kinds.ts';

/** One picture of the lanes that must stay as it is. */
export interface Scene {
  readonly name: string;
  readonly trace: 'small' | 'big';
  /** The words of the link beside the trace. */
  readonly link: string;
  readonly keys: readonly string[];
}

const ms = 1e6;

/** The scenes of a run: each of the four levels of detail, and each thing that is drawn over them. */
export function scenesOf({ trace }: RunFile): readonly Scene[] {
  const from = (event: number, kind: number): number => {
    for (let at = event; at < trace.length; at++) if (trace.kinds[at] === kind) return at;
    throw new Error(`the run has no event of kind ${kind} after ${event}`);
  };
  const middle = Math.floor(trace.length / 2);
  const around = (event: number, halfMs: number): string => {
    const atNs = Math.floor(trace.timesNs[event] as number);
    return `from=${Math.max(0, atNs - halfMs * ms)}&to=${atNs + halfMs * ms}`;
  };
  const scene = (name: string, link: string, keys: readonly string[] = []): Scene => ({
    name,
    trace: 'small',
    link,
    keys,
  });
  const message = from(middle, Kind.deliver);
  const invoke = from(middle, Kind.invoke);
  const crash = from(0, Kind.crash);
  return [
    { name: 'density', trace: 'big', link: '', keys: [] },
    scene('traces', around(middle, 2000)),
    scene('arrows', around(middle, 250)),
    scene('labels', around(middle, 40)),
    scene('violation', '', ['v']),
    scene('message', `sel=${message}&${around(message, 12)}`),
    scene('operation', `sel=${invoke}&${around(invoke, 40)}`),
    scene('cone', `sel=${message}&${around(message, 100)}`, ['c']),
    scene('keys', around(middle, 120), ['k']),
    scene('crash', around(crash, 150)),
  ];
}
