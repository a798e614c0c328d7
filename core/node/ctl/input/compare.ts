import { type ByteString, toText } from '../../../base/bytes.ts';
import type { Compare, CompareResult } from '../../../server/api/index.ts';
import { CtlFailure, ctlExit } from '../failure.ts';
import { ValueError, parseInt64 } from '../flags/go_values.ts';
import { unquote } from './unquote.ts';

const results: Readonly<Record<string, CompareResult>> = {
  '=': 'EQUAL',
  '!=': 'NOT_EQUAL',
  '>': 'GREATER',
  '<': 'LESS',
};

function invalid(message: string): CtlFailure {
  return new CtlFailure(ctlExit.invalidInput, message);
}

/** A condition of a transaction, such as `mod("key") > "3"`. Throws CtlFailure. */
export function parseCompare(line: string): Compare {
  const open = line.indexOf('(');
  const parts = open < 0 ? null : readParts(line.slice(open + 1));
  if (parts === null) throw invalid(`malformed comparison: ${line}`);
  const { key, sign, value } = parts;
  const compare = targetOf(line.slice(0, open), line);
  const result = results[sign];
  if (result === undefined)
    throw invalid(`malformed comparison: ${line} (unknown operator ${sign}; expected =, !=, > or <)`);
  return compare({ key, result }, value);
}

interface Parts {
  readonly key: ByteString;
  readonly sign: string;
  readonly value: ByteString;
}

function readParts(text: string): Parts | null {
  const key = unquote(text.trimStart());
  const between = key === null ? null : /^\)\s*(\S+)\s+(.*)$/.exec(key.rest);
  if (key === null || between === null) return null;
  const [, sign = '', last = ''] = between;
  const value = unquote(last);
  return value === null ? null : { key: key.bytes, sign, value: value.bytes };
}

type Base = Pick<Compare, 'key' | 'result'>;
type Made = (base: Base, value: ByteString) => Compare;

function targetOf(target: string, line: string): Made {
  const number = (value: ByteString, radix: 10 | 16 = 10): bigint => {
    try {
      return parseInt64(toText(value), radix);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw invalid(`invalid txn compare request: ${line}`);
    }
  };
  switch (target) {
    case 'ver':
    case 'version':
      return (base, value) => ({ ...base, target: 'VERSION', version: Number(number(value)) });
    case 'c':
    case 'create':
      return (base, value) => ({ ...base, target: 'CREATE', create_revision: Number(number(value)) });
    case 'm':
    case 'mod':
      return (base, value) => ({ ...base, target: 'MOD', mod_revision: Number(number(value)) });
    case 'val':
    case 'value':
      return (base, value) => ({ ...base, target: 'VALUE', value });
    case 'lease':
      return (base, value) => ({ ...base, target: 'LEASE', lease: number(value, 16) });
    default:
      throw invalid(`malformed comparison: ${line} (unknown target ${target})`);
  }
}
