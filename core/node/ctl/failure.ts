/** How a command ends: etcdctl's exit codes. */
export const ctlExit = {
  success: 0,
  error: 1,
  badConnection: 2,
  invalidInput: 3,
  badFeature: 4,
  interrupted: 5,
  io: 5,
  badArgs: 128,
} as const;

/** Ends a command: the text goes to stderr behind "Error: ", the code to whoever started it. */
export class CtlFailure extends Error {
  override readonly name = 'CtlFailure';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export function badArgs(message: string): CtlFailure {
  return new CtlFailure(ctlExit.badArgs, message);
}

/** What somebody threw, as a sentence. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const systemWords: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EEXIST: 'file exists',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ENOSPC: 'no space left on device',
};

/** A failed operation on a file, in Go's form: `open PATH: no such file or directory`. */
export function fileReason(operation: string, path: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  return `${operation} ${path}: ${systemWords[code] ?? (code === '' ? reasonOf(error) : code)}`;
}
