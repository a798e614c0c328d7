import { describe, expect, it } from 'vitest';
import { type Source, importsOf, sources } from './sources.ts';

const all = sources();
const inRoom = (source: Source, ...roomsOf: string[]): boolean =>
  roomsOf.some((room) => source.path.startsWith(room));
const isDeterministic = (source: Source): boolean =>
  inRoom(source, 'core/', 'sim/', 'scenarios/') && !inRoom(source, 'core/node/', 'scenarios/cli/');

/** Floors of core/, lowest first: a file may import from its own floor's room and from lower floors. */
const coreFloors = [
  ['core/base', 'core/ports.ts', 'core/limits.ts', 'core/bugs.ts', 'core/bugs', 'core/version.ts'],
  ['core/raft'],
  ['core/wal', 'core/snap', 'core/backend'],
  ['core/mvcc'],
  ['core/watch', 'core/lease', 'core/auth', 'core/v2store'],
  ['core/server'],
  ['core/client'],
  ['core/node'],
];

function floorOf(path: string): number {
  return coreFloors.findIndex((floor) => floor.some((room) => path === room || path.startsWith(`${room}/`)));
}

function lines(found: readonly string[]): string {
  return found.join('\n');
}

describe('the house', () => {
  it('imports go down only within core', () => {
    const wrong = all
      .filter((source) => inRoom(source, 'core/'))
      .flatMap((source) =>
        importsOf(source)
          .filter((target) => target.startsWith('core/') && floorOf(target) > floorOf(source.path))
          .map((target) => `${source.path} imports ${target}`),
      );
    expect(lines(wrong)).toBe('');
  });

  it('every file of core is on a floor', () => {
    const lost = all.filter((source) => inRoom(source, 'core/') && floorOf(source.path) < 0);
    expect(lines(lost.map((source) => source.path))).toBe('');
  });

  it('raft sees neither wal nor backend, and nobody in core sees sim', () => {
    const wrong = all.flatMap((source) =>
      importsOf(source)
        .filter(
          (target) =>
            (inRoom(source, 'core/') && /^(sim|scenarios|viz|test)\//.test(target)) ||
            (inRoom(source, 'core/raft/') && /^core\/(wal|snap|backend)\//.test(target)),
        )
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(lines(wrong)).toBe('');
  });

  it('sim sees core through ports and base; only the cluster and the explorer compose it', () => {
    const allowedEverywhere = /^core\/(base\/|ports\.ts$|limits\.ts$|bugs\.ts$|version\.ts$)/;
    const wrong = all
      .filter((source) => inRoom(source, 'sim/'))
      .flatMap((source) =>
        importsOf(source)
          .filter((target) => {
            if (/^(scenarios|viz|test)\//.test(target)) return true;
            if (!target.startsWith('core/') || allowedEverywhere.test(target)) return false;
            // The exhaustive search drives raft by itself.
            if (target === 'core/raft/index.ts' && inRoom(source, 'sim/explore/')) return false;
            return !inRoom(source, 'sim/cluster/', 'sim/cluster.ts', 'sim/explore/');
          })
          .map((target) => `${source.path} imports ${target}`),
      );
    expect(lines(wrong)).toBe('');
  });

  it('no checker can see the planted bugs', () => {
    const wrong = all.filter(
      (source) =>
        inRoom(source, 'sim/checkers/') && importsOf(source).some((target) => /^core\/bugs[./]/.test(target)),
    );
    expect(lines(wrong.map((source) => source.path))).toBe('');
  });

  it('the page reads traces; only its worker runs scenarios; nobody imports test', () => {
    const wrong = all.flatMap((source) =>
      importsOf(source)
        .filter((target) => {
          if (target.startsWith('test/')) return !inRoom(source, 'test/');
          if (!inRoom(source, 'viz/')) return false;
          if (inRoom(source, 'viz/worker/')) return false;
          return (
            /^(scenarios|core)\//.test(target) ||
            (target.startsWith('sim/') && !target.startsWith('sim/trace/'))
          );
        })
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(lines(wrong)).toBe('');
  });

  it('only core/node, the command line, test and tools touch Node', () => {
    const wrong = all
      .filter((source) => isDeterministic(source) || inRoom(source, 'viz/'))
      .filter((source) => source.path !== 'viz/vite.config.ts')
      .flatMap((source) =>
        importsOf(source)
          .filter((target) => target.startsWith('node:'))
          .map((target) => `${source.path} imports ${target}`),
      );
    expect(lines(wrong)).toBe('');
  });
});

describe('determinism', () => {
  const forbidden: readonly (readonly [RegExp, string])[] = [
    [/\basync\b|\bawait\b|\bPromise\b/, 'async code runs on microtasks, outside (time, sequence)'],
    [
      /\bMath\.(?:random|log\w*|exp\w*|pow|sin\w*|cos\w*|tan\w*|a(?:sin|cos|tan)\w*|sqrt|cbrt|hypot)\b/,
      'differs between engines or runs',
    ],
    [/\*\*(?!\s*\d+\b)/, 'the ** operator on non-literals is Math.pow'],
    [/\bDate\b|\bIntl\b|\.localeCompare\b|\.toLocale\w+\b/, 'depends on the machine'],
    [/\.(?:sort|toSorted)\(\s*\)/, 'sorts must name their comparator'],
    [/\bWeakRef\b|\bFinalizationRegistry\b/, 'depends on the garbage collector'],
  ];

  it('core, sim and scenarios hold nothing that differs between two runs', () => {
    const found = all
      .filter(isDeterministic)
      .flatMap((source) =>
        source.code
          .split('\n')
          .flatMap((line, index) =>
            forbidden
              .filter(([pattern]) => pattern.test(line))
              .map(([, why]) => `${source.path}:${index + 1}: ${line.trim()}: ${why}`),
          ),
      );
    expect(lines(found)).toBe('');
  });
});

describe('size', () => {
  const fileLinesMax = 400;
  const functionLinesMax = 70;

  it(`no file is over ${fileLinesMax} lines`, () => {
    const long = all
      .filter((source) => source.text.split('\n').length > fileLinesMax)
      .map((source) => `${source.path}: ${source.text.split('\n').length} lines`);
    expect(lines(long)).toBe('');
  });

  it(`no function is over ${functionLinesMax} lines`, () => {
    const long = all
      .filter((source) => !inRoom(source, 'test/'))
      .flatMap((source) => longFunctions(source, functionLinesMax));
    expect(lines(long)).toBe('');
  });
});

// Prettier's layout makes this exact: a function's head and its closing brace stand at the same indentation.
const functionHead =
  /^(\s*)(?:export\s+)?(?:default\s+)?(?:(?:private|protected|public|override|static|get|set)\s+)*(?:function\*?\s+\w+|\*?\w+(?:<[^>]*>)?\(.*\)(?::\s.*)?\s\{$|constructor\(|(?:const|let)\s+\w+.*=>\s\{$)/;
const notFunctions = /^\s*(?:if|for|while|switch|catch|return|else|do|try)\b/;

function longFunctions(source: Source, linesMax: number): string[] {
  const text = source.text.split('\n');
  const found: string[] = [];
  text.forEach((line, start) => {
    const head = functionHead.exec(line);
    if (head === null || notFunctions.test(line)) return;
    const indent = head[1] ?? '';
    const length = text.slice(start + 1).findIndex((later) => later.startsWith(`${indent}}`)) + 2;
    if (length > linesMax) found.push(`${source.path}:${start + 1}: ${line.trim()} has ${length} lines`);
  });
  return found;
}
