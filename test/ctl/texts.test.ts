import { describe, expect, it } from 'vitest';
import type { ByteString } from '../../core/base/bytes.ts';
import { fromText } from '../../core/base/bytes.ts';
import { verdictOf } from '../../core/node/ctl/check/verdict.ts';
import { parseDuration } from '../../core/node/ctl/flags/go_values.ts';
import { parseCompare } from '../../core/node/ctl/input/compare.ts';
import { splitLine } from '../../core/node/ctl/input/split_line.ts';
import { allHex, goDuration, goQuote, humanBytes } from '../../core/node/ctl/output/go_text.ts';
import { table } from '../../core/node/ctl/output/table.ts';
import { runHere } from './programs.ts';

describe('texts of detcd ctl', () => {
  it('quotes as Go does', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['plain "x"\\', '"plain \\"x\\"\\\\"'],
      ['\x00\x07\b\t\n\v\f\r\x1f\x7f', '"\\x00\\a\\b\\t\\n\\v\\f\\r\\x1f\\x7f"'],
      [fromText('é\u200b\u{1f600}\u{e0001}'), `"${fromText('é')}\\u200b${fromText('\u{1f600}')}\\U000e0001"`],
      ['\xff\xc3(\xe2\x82', '"\\xff\\xc3(\\xe2\\x82"'],
    ];
    for (const [given, quoted] of cases) expect(goQuote(given as ByteString)).toBe(quoted);
    expect(allHex('a\xff' as ByteString)).toBe('\\x61\\xff');
  });

  it('tells sizes and durations as Go programs do', () => {
    expect([0, 9, 10, 999, 1000, 9949, 20480, 24576, 1_500_000].map(humanBytes)).toEqual([
      '0 B',
      '9 B',
      '10 B',
      '999 B',
      '1.0 kB',
      '9.9 kB',
      '20 kB',
      '25 kB',
      '1.5 MB',
    ]);
    expect([0, 0.0005, 0.0123, 1.5, 1500, 61_000, 3_661_001].map(goDuration)).toEqual([
      '0s',
      '500ns',
      '12.3µs',
      '1.5ms',
      '1.5s',
      '1m1s',
      '1h1m1.001s',
    ]);
    expect(['1m30s', '250ms', '1.5s', '-2s', '0'].map(parseDuration)).toEqual([90_000, 250, 1500, -2000, 0]);
    expect(() => parseDuration('5')).toThrow('time: missing unit in duration "5"');
  });

  it('draws a table', () => {
    const drawn = table(
      ['ID', 'Long Name'],
      [
        ['1', 'x'],
        ['22', 'word after word after word, in all more than 30'],
      ],
    );
    expect(drawn.split('\n')).toEqual([
      '+----+--------------------------------+',
      '| ID |           LONG NAME            |',
      '+----+--------------------------------+',
      '|  1 |                              x |',
      '| 22 | word after word after word, in |',
      '|    |               all more than 30 |',
      '+----+--------------------------------+',
      '',
    ]);
  });

  it('judges a load as etcdctl does', () => {
    const load = (latenciesMs: readonly number[], failures: readonly (readonly [string, number])[] = []) =>
      verdictOf({ tookMs: 1000, latenciesMs, failures: new Map(failures) }, 10);
    expect(load(Array.from({ length: 10 }, () => 2))).toEqual({
      lines: [
        'PASS: Throughput is 11 writes/s',
        'PASS: Slowest request took 0.002000s',
        'PASS: Stddev is 0.000000s',
      ],
      passed: true,
    });
    // Nine of ten are too few; half a second, and a tenth, is the most.
    expect(load([...Array.from({ length: 8 }, () => 0), 501], [['no', 3]])).toEqual({
      lines: [
        'FAIL: too many errors',
        'FAIL: ERROR(no) -> 3',
        'FAIL: Throughput too low: 10 writes/s',
        'FAIL: Slowest request took too long: 0.501000s',
        'FAIL: Stddev too high: 0.157449s',
      ],
      passed: false,
    });
  });

  it('reads conditions and lines', () => {
    expect(parseCompare('mod("a\\x01") > "3"')).toEqual({
      key: 'a\x01',
      result: 'GREATER',
      target: 'MOD',
      mod_revision: 3,
    });
    expect(parseCompare('val("k")  !=  "a b"')).toEqual({
      key: 'k',
      result: 'NOT_EQUAL',
      target: 'VALUE',
      value: 'a b',
    });
    expect(parseCompare('lease("k") = "ff"')).toEqual({
      key: 'k',
      result: 'EQUAL',
      target: 'LEASE',
      lease: 255n,
    });
    expect(() => parseCompare('mod("a") >= "3"')).toThrow('unknown operator >=');
    expect(splitLine(`put "a b"  'c "d"' e\\f`)).toEqual(['put', 'a b', 'c "d"', 'e\\f']);
  });

  it('tells mistakes in one sentence, with the exit code', async () => {
    const cases: readonly (readonly [string, number, string])[] = [
      ['', 0, ''],
      ['lease', 0, ''],
      ['put --help', 0, ''],
      ['nonsense', 1, 'Error: unknown command "nonsense" for "detcd ctl"'],
      ['put --nonsense a b', 1, 'Error: unknown flag: --nonsense'],
      [
        'get a --limit=x',
        1,
        'Error: invalid argument "x" for "--limit" flag: strconv.ParseInt: parsing "x": invalid syntax',
      ],
      ['get a -w x', 4, 'Error: unsupported output format'],
      ['get a --discovery-srv=example.com', 128, 'Error: --discovery-srv: endpoints from SRV records'],
      ['snapshot status /nope', 1, 'Error: stat /nope: no such file or directory'],
      ['snapshot status .', 1, 'Error: open .: is a directory'],
      ['snapshot status package.json', 1, 'Error: invalid database: '],
      [
        'snapshot restore package.json --data-dir=/nope/x',
        1,
        'Error: snapshot missing hash but --skip-hash-check=false',
      ],
      [
        'snapshot restore package.json --name=x',
        1,
        `Error: couldn't find local name "x" in the initial cluster configuration`,
      ],
    ];
    for (const [line, status, said] of cases) {
      const ran = await runHere(line.split(' ').filter((word) => word !== ''));
      expect([line, ran.status, ran.err.slice(0, said.length)]).toEqual([line, status, said]);
      expect(ran.err).not.toContain(' at ');
      if (status === 0) expect(ran.out).toMatch(/^usage: detcd ctl /);
    }
  });

  it('reads the environment, and tells no value of it', async () => {
    const unknown = await runHere(['put'], { env: { ETCDCTL_NONSENSE: '1', ETCDCTL_API: '3' } });
    expect(unknown.err).toBe(
      'warning: unrecognized environment variable ETCDCTL_NONSENSE\nError: put command needs 1 argument and input from stdin or 2 arguments\n',
    );
    const conflict = await runHere(['--user=a:b', 'get', 'x'], { env: { ETCDCTL_USER: 'root:s3cret' } });
    expect(conflict.status).toBe(1);
    expect(conflict.err).toContain('conflicting environment variable "ETCDCTL_USER"');
    expect(conflict.err).not.toContain('s3cret');
  });
});
