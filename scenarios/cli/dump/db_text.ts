import { toBytes } from '../../../core/base/bytes.ts';
import { type Style, grouped, plural } from '../format.ts';
import type { DbDump, DumpedMeta, DumpedPair } from './db_dump.ts';
import { pairWords } from './db_values.ts';
import { base64, quoted } from './readable.ts';

/** What a person reads of a database file. */
export function dbText(dump: DbDump, style: Style): string {
  const { fileBytes, metas, pages, buckets, damage } = dump;
  const out = [style(`a database of ${plural(fileBytes, 'byte')}`, 'bold'), '', 'meta pages'];
  metas.forEach((meta, slot) => out.push(`  ${slot}  ${metaText(meta)}`));
  if (pages !== null) {
    const counts = Object.entries(pages).map(([kind, count]) => `${grouped(count)} ${kind}`);
    out.push('', 'pages', `  ${counts.join(', ')}`, '', 'buckets');
    const width = Math.max(0, ...buckets.map(({ name }) => plainName(name).length));
    for (const { name, keys, keyBytes, valueBytes } of buckets) {
      const bytes = `${grouped(keyBytes)} + ${plural(valueBytes, 'byte')} of keys and values`;
      out.push(`  ${plainName(name).padEnd(width)}  ${plural(keys, 'key')}, ${bytes}`);
    }
  }
  if (buckets.length === 0 && pages !== null) out.push('  none');
  if (damage !== null) {
    out.push('', style('DAMAGED', 'red'), `  ${damage}`);
    if (dump.otherStateWhole) {
      out.push(
        '  The state before, which the other meta page names, is whole: a crash during a commit can leave this.',
      );
    }
  }
  return out.join('\n');
}

function plainName(name: DbDump['buckets'][number]['name']): string {
  return quoted(toBytes(name)).slice(1, -1);
}

function metaText({ meta, current }: DumpedMeta): string {
  if (meta === null) return 'no valid meta page';
  const { txid, root, freelist, highWater, pageBytes } = meta;
  const list = freelist === null ? 'not stored' : `in page ${freelist}`;
  const standing = current ? ', current' : '';
  return `transaction ${txid}${standing}: root in page ${root}, free list ${list}, ${plural(highWater, 'page')} of ${grouped(pageBytes)} bytes`;
}

/** One bucket's pairs, a line each. */
export function pairsText(bucket: string, pairs: readonly DumpedPair[], total: number, style: Style): string {
  const lines = pairs.map((pair) => pairWords(bucket, pair));
  const more = total - pairs.length;
  if (more > 0) lines.push(style(`and ${plural(more, 'more key')}`, 'dim'));
  return lines.length === 0 ? '(no keys)' : lines.join('\n');
}

/** The same for programs. */
export function dbJson(dump: DbDump): unknown {
  return { ...dump, buckets: dump.buckets.map((bucket) => ({ ...bucket, name: plainName(bucket.name) })) };
}

export function pairsJson(bucket: string, pairs: readonly DumpedPair[], total: number): unknown {
  return {
    bucket,
    total,
    pairs: pairs.map((pair) => {
      return { text: pairWords(bucket, pair), key: base64(pair.key), value: base64(pair.value) };
    }),
  };
}
