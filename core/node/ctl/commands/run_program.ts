import { spawn } from 'node:child_process';
import { CtlFailure, ctlExit, fileReason } from '../failure.ts';

/** Runs a program with this process's input and outputs, and more in its environment; resolves with its exit code. */
export function runProgram(
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: environment });
    child.on('error', (error) => reject(new CtlFailure(ctlExit.error, fileReason('exec', program, error))));
    // Ended by a signal: as a shell says it.
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? ctlExit.error : 255)));
  });
}
