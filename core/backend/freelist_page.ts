import { BackendError } from './backend_error.ts';
import { readUint64 } from './little_endian.ts';
import { PageFlag, pageHeaderBytes, readPageHeader } from './page_header.ts';

/** A count that does not fit into the header's 16 bits is stored as the first element. */
const countFollows = 0xffff;

/**
 * The page numbers in a stored list of free pages. etcd's databases have one only until their first commit; other programs'
 * have it always. `bytes` is the page with its overflow. Throws BackendError.
 */
export function decodeFreelistPage(bytes: Uint8Array, pageId: number): number[] {
  const { flags, count: short } = readPageHeader(bytes);
  if (flags !== PageFlag.freelist) {
    throw new BackendError('corruptPage', pageId, 'a freelist page', `flags ${flags}`);
  }
  const start = short === countFollows ? pageHeaderBytes + 8 : pageHeaderBytes;
  const count = short === countFollows ? readUint64(bytes, pageHeaderBytes) : short;
  if (start + 8 * count > bytes.length) {
    throw new BackendError('corruptPage', pageId, `${count} page numbers`, `${bytes.length} bytes`);
  }
  return Array.from({ length: count }, (_, i) => readUint64(bytes, start + 8 * i));
}
