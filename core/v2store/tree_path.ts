import type { ByteString } from '../base/bytes.ts';

export const rootPath = '/' as ByteString;

/** The shortest absolute path that means the same: one slash between parts, no `.`, and `..` resolved (it stops at the root). */
export function cleanPath(path: ByteString): ByteString {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}` as ByteString;
}

/** The parts of a clean path; none for the root. */
export function pathParts(path: ByteString): readonly ByteString[] {
  return path === rootPath ? [] : (path.slice(1).split('/') as ByteString[]);
}

export function childPath(parent: ByteString, name: ByteString): ByteString {
  return (parent === rootPath ? `/${name}` : `${parent}/${name}`) as ByteString;
}

/** The clean path itself and every directory above it, from the root down. */
export function pathsDownTo(path: ByteString): readonly ByteString[] {
  const paths = [rootPath];
  let here = rootPath;
  for (const part of pathParts(path)) paths.push((here = childPath(here, part)));
  return paths;
}

/** Names that start with `_` are hidden: lists and watches of a directory above pass them over. */
export function isHiddenName(name: ByteString): boolean {
  return name.startsWith('_');
}

/** Whether one of the names that lead from `ancestor` down to `path` is hidden. */
export function isHiddenBelow(ancestor: ByteString, path: ByteString): boolean {
  if (ancestor.length > path.length) return false;
  const rest = path.slice(ancestor.length) as ByteString;
  return cleanPath(rest).includes('/_');
}
