import type { ByteString } from '../../base/bytes.ts';

/** The outside of a command: replaceable, so that tests can run commands in their own process. */
export interface CtlIo {
  out(bytes: ByteString): void;
  err(text: string): void;
  /** Lines without their ends; null at the end of the input. */
  readLine(): Promise<string | null>;
  /** All of the input that is left. */
  readAll(): Promise<ByteString>;
  /** Asks for a password on a terminal, without showing it; throws if there is no terminal. */
  readSecret(prompt: string): Promise<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Resolves when the command is to end: SIGINT or SIGTERM. */
  readonly interrupted: Promise<void>;
}
