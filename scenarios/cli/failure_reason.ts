/** Why the operating system refused, in words. */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EEXIST: 'a file is in the way',
    ENOTDIR: 'a part of the path is a file',
    EISDIR: 'it is a directory',
    ENOSPC: 'no space left on the disk',
    EROFS: 'the file system is read-only',
  };
  return (code === undefined ? undefined : known[code]) ?? error.message;
}
