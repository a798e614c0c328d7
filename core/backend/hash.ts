import { toBytes, type ByteString } from '../base/bytes.ts';
import { crc32c } from '../base/crc32c.ts';
import type { BucketReader } from './bucket.ts';

/** True: the pair is left out of the hash. */
export type HashIgnore = (bucket: ByteString, key: ByteString) => boolean;

/** etcd's hash of a database: CRC-32C over each bucket's name, then its keys and values, all in byte order. */
export function hashBuckets(root: BucketReader, ignore: HashIgnore = () => false): number {
  let hash = 0;
  const names = root.cursor();
  for (let found = names.first(); found; found = names.next()) {
    const name = names.key;
    const bucket = root.bucket(name);
    if (bucket === undefined) continue;
    hash = crc32c(hash, toBytes(name));
    const pairs = bucket.cursor();
    for (let pair = pairs.first(); pair; pair = pairs.next()) {
      const { key } = pairs;
      if (ignore(name, key)) continue;
      hash = crc32c(hash, toBytes(key));
      if (!pairs.isBucket) hash = crc32c(hash, pairs.value);
    }
  }
  return hash;
}
