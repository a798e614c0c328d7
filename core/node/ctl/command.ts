import type { ClientObserver } from '../../client/index.ts';
import type { TlsChoice } from './client/credentials.ts';
import type { CtlClient } from './client/ctl_client.ts';
import type { FlagSpec } from './flags/flag_spec.ts';
import type { FlagValues } from './flags/flag_values.ts';
import type { CtlIo } from './io.ts';
import type { Shown } from './output/shown.ts';

/** What a command has to work with. */
export interface Ctl {
  readonly io: CtlIo;
  /** The command's own flags and the global ones. */
  readonly flags: FlagValues;
  readonly endpoints: readonly string[];
  readonly commandTimeoutMs: number;
  /** Signed in, if there is a user. Closed when the command ends. */
  connect(options?: ConnectChoice): Promise<CtlClient>;
  /** Prints in the form that --write-out says. */
  show(shown: Shown): void;
  /** Prints a line of text. */
  say(line: string): void;
}

export interface ConnectChoice {
  /** Absent: those of --endpoints. */
  readonly endpoints?: readonly string[];
  /** Absent: as the flags say. */
  readonly tls?: TlsChoice;
  /** Signs nobody in, whatever the flags say. */
  readonly isAnonymous?: true;
  readonly observer?: ClientObserver;
}

export interface CtlArguments {
  /** Without the command itself. */
  readonly words: readonly string[];
  /** How many of them stand before `--`. */
  readonly beforeDash: number;
}

export interface CtlCommand {
  /** One word or two. */
  readonly name: string;
  /** Words that it is called by, too. */
  readonly otherNames?: readonly string[];
  /** What follows the name, for the help. */
  readonly usage: string;
  readonly summary: string;
  readonly flags?: readonly FlagSpec[];
  /** Resolves when it is done. Rejects with CtlFailure, or with CallFailure, whose exit code is 1. */
  run(ctl: Ctl, args: CtlArguments): Promise<void>;
}
