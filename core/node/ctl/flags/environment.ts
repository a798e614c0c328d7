import { ValueError } from './go_values.ts';
import { type FlagValues, setFlag } from './flag_values.ts';
import { globalFlags } from './global_flags.ts';

const prefix = 'ETCDCTL_';
/** Read elsewhere: the API's version, and what `watch` watches. */
const others = ['ETCDCTL_API', 'ETCDCTL_WATCH_KEY', 'ETCDCTL_WATCH_RANGE_END'];

/**
 * Global flags from the environment: ETCDCTL_DIAL_TIMEOUT is --dial-timeout. One that is given in both places is refused, as etcdctl does;
 * values are not told, since some are secret. Returns what a person should know. Throws ValueError.
 */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  values: FlagValues,
): readonly string[] {
  const warnings: string[] = [];
  for (const variable of Object.keys(environment).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const value = environment[variable] ?? '';
    if (!variable.startsWith(prefix) || value === '' || others.includes(variable)) continue;
    const name = variable.slice(prefix.length).toLowerCase().replaceAll('_', '-');
    const spec = globalFlags.find((flag) => flag.name === name);
    if (spec === undefined || name === 'help') {
      warnings.push(`unrecognized environment variable ${variable}`);
    } else if (values.isGiven(name)) {
      throw new ValueError(
        `conflicting environment variable "${variable}" is shadowed by corresponding command-line flag (either unset environment variable or disable flag)`,
      );
    } else setFlag(values, spec, value);
  }
  return warnings;
}
