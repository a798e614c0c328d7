import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseJepsenEtcd } from '../../../sim/checkers/history/jepsen_etcd.ts';
import { parsePorcupineKv } from '../../../sim/checkers/history/porcupine_kv.ts';
import { checkLinearizability } from '../../../sim/checkers/linearizability/index.ts';
import { kvModelFor } from '../../../sim/checkers/linearizability/kv_model.ts';
import { isOpen, judgeByModel, splitByKey } from '../../../sim/checkers/linearizability/partition.ts';
import { checkTextStore } from '../../../sim/checkers/linearizability/text_store.ts';
import { hasOracle } from '../../oracle.ts';

/** Recorded histories with known verdicts. DETCD_REQUIRE_ORACLES=1 makes their absence a failure. */
const repository = fileURLToPath(new URL('../../..', import.meta.url.replace('/dist/test/', '/test/')));
const root = resolve(
  repository,
  process.env['DETCD_CONFORMANCE'] ?? '../shared/conformance',
  'linearizability',
);
const present = existsSync(root);
const judged = hasOracle(`recorded histories in ${root}`, present, 'set DETCD_CONFORMANCE');
const stepsMax = 50_000_000;

const read = (...path: string[]): string => readFileSync(resolve(root, ...path), 'utf8');

describe.runIf(judged)('recorded histories', () => {
  it("of Jepsen's etcd test are judged right, quickly", () => {
    const rows = read('jepsen-etcd', 'verdicts.tsv').trim().split('\n').slice(1);
    expect(rows.length).toBeGreaterThan(0);
    let spentMs = 0;
    for (const row of rows) {
      const [file, linearizable] = row.split('\t') as [string, string];
      const history = parseJepsenEtcd(read('jepsen-etcd', file));
      const start = performance.now();
      const { verdict, explanations } = checkLinearizability(history, { stepsMax });
      spentMs += performance.now() - start;
      const wanted = linearizable === 'true' ? 'linearizable' : 'violation';
      expect(verdict, file).toBe(wanted);
      expect(
        explanations.every(({ smallest }) => smallest),
        file,
      ).toBe(true);
      const said = history.filter(
        (operation) =>
          operation.outcome.status === 'ok' ||
          (isOpen(operation) && operation.input.kind !== 'get' && operation.outcome.status === 'unknown'),
      );
      expect(judgeByModel(kvModelFor(said))(said, stepsMax).verdict, `${file}, by the model`).toBe(wanted);
    }
    // With their explanations. Far above what it takes, for slow machines.
    expect(spentMs).toBeLessThan(5000);
  });

  it("of Porcupine's key-value store are judged right", () => {
    const files = readdirSync(resolve(root, 'kv')).sort();
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const { verdict } = checkTextStore(parsePorcupineKv(read('kv', file)), { stepsMax });
      expect(verdict, file).toBe(file.includes('-bad') ? 'violation' : 'linearizable');
    }
  });

  it('are split by key', () => {
    const history = parsePorcupineKv(read('kv', 'c10-ok.txt'));
    expect(splitByKey(history, ({ kind }) => kind !== 'get').size).toBe(10);
  });
});
