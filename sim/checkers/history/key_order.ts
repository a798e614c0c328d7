/** Keys of etcd are bytes; text sorts like its UTF-8 bytes if compared by code points. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    // A surrogate stands for a code point above all others, but its code unit is below U+E000.
    const [xHigh, yHigh] = [isSurrogate(x), isSurrogate(y)];
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** The range end that means "to the last key" (etcd: WithFromKey). */
export const toTheEnd = '\0';

/** Whether a key lies in a request's range: `key` alone without a range end. */
export function inRange(key: string, from: string, rangeEnd: string | undefined): boolean {
  if (rangeEnd === undefined || rangeEnd === '') return key === from;
  if (compareKeys(key, from) < 0) return false;
  return rangeEnd === toTheEnd || compareKeys(key, rangeEnd) < 0;
}

/** The range end for all keys that begin with `prefix` (etcd: WithPrefix). */
export function prefixEnd(prefix: string): string {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const unit = prefix.charCodeAt(i);
    if (unit < 0xd7ff) return prefix.slice(0, i) + String.fromCharCode(unit + 1);
  }
  return toTheEnd;
}
