import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findScenario } from '../../scenarios/catalogue.ts';
import { runScenario } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario.ts';
import { encodeRunFile } from '../../sim/trace/codec.ts';
import { detcdHere } from './run_here.ts';

const file = runScenario({
  scenario: findScenario('leader-isolated') as Scenario,
  seed: '1',
  members: 3,
  clients: 2,
  durationMs: 1000,
});

let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'detcd-convert-'));
  writeFileSync(at('run.detcd'), encodeRunFile(file));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('detcd convert', () => {
  it.each(['lines.jsonl', 'lines.jsonl.gz'])('to %s and back is the same trace', (lines) => {
    expect(detcdHere('convert', at('run.detcd'), at(lines))).toMatchObject({ code: 0, err: '' });
    const { code, out } = detcdHere('convert', at(lines), at('again.detcd'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ events: file.trace.length, digest: file.info.digest });
    expect(Buffer.compare(gunzipSync(readFileSync(at('again.detcd'))), encodeRunFile(file))).toBe(0);
  });

  it('writes what Perfetto reads', () => {
    detcdHere('convert', at('run.detcd'), at('perfetto.json'));
    const { otherData, traceEvents } = JSON.parse(readFileSync(at('perfetto.json'), 'utf8')) as {
      otherData: object;
      traceEvents: object[];
    };
    expect(otherData).toMatchObject({ scenario: 'leader-isolated', digest: file.info.digest });
    expect(traceEvents.length).toBeGreaterThan(500);
  });

  it('gives other commands JSON lines to read, too', () => {
    detcdHere('convert', at('run.detcd'), at('lines.jsonl'));
    expect(detcdHere('diff', at('run.detcd'), at('lines.jsonl')).out).toContain('SAME');
  });

  it.each([
    [[], 'expected a trace and a file to write, got nothing'],
    [['run.detcd'], 'expected a trace and a file to write, got only'],
    [['run.detcd', 'run.xml'], 'expected a name that ends with .detcd, .jsonl.gz, .jsonl, .json, .html'],
    [['no.detcd', 'run.jsonl'], "can't read it"],
    [['run.detcd', 'missing/run.jsonl'], "can't write it"],
  ])('refuses %j with a sentence', (names, sentence) => {
    const { code, err } = detcdHere('convert', ...names.map(at));
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(err).not.toContain('    at ');
  });

  it('names the line of a damaged file', () => {
    detcdHere('convert', at('run.detcd'), at('lines.jsonl'));
    const lines = readFileSync(at('lines.jsonl'), 'utf8').split('\n');
    writeFileSync(at('bad.jsonl'), lines.with(3, 'x').join('\n'));
    expect(detcdHere('convert', at('bad.jsonl'), at('run2.detcd')).err).toContain(
      'bad.jsonl: line 4: expected a JSON object, found "x"',
    );
  });
});
