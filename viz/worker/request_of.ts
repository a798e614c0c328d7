import { isBugId } from '../../core/bugs.ts';
import { clientsMax, durationMsMax, membersMax } from '../../core/limits.ts';
import { catalogue, findScenario } from '../../scenarios/catalogue.ts';
import { interventionsFrom } from '../../sim/faults/intervention_form.ts';
import type { RunRequest } from '../../sim/run.ts';
import type { LiveOptions, RunSpec } from '../worker_protocol.ts';

/** What is wrong with a link or a form, in a sentence for people. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
}

const durationMsMin = 1;

/** The simulator's request for what a link or a branch says. Throws SpecError, or InterventionError for a list that can't be applied. */
export function requestOf(spec: RunSpec): RunRequest {
  const { scenario: name, seed, options, interventions } = spec;
  const scenario = findScenario(name);
  if (scenario === undefined) {
    const known = catalogue.map((each) => each.name).join(', ');
    throw new SpecError(`there is no scenario "${name}"; there are ${known}`);
  }
  if (!/^\d{1,16}$/.test(seed)) throw new SpecError(`seed: expected a whole number, got "${seed}"`);
  const bugs = (options.bugs ?? []).map((bug) => {
    if (isBugId(bug)) return bug;
    throw new SpecError(`there is no planted bug "${bug}"`);
  });
  checkRange(options, 'members', 1, membersMax);
  checkRange(options, 'clients', 1, clientsMax);
  checkRange(options, 'durationMs', durationMsMin, durationMsMax);
  const { members, clients, durationMs, load } = options;
  const machines = (members ?? scenario.members) + (scenario.spares ?? 0);
  const sizes = { machines, clients: clients ?? scenario.clients };
  return {
    scenario,
    seed: String(Number(seed)),
    bugs,
    ...(members === undefined ? {} : { members }),
    ...(clients === undefined ? {} : { clients }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(load === undefined || load.length === 0 ? {} : { load: checkedLoad(load) }),
    ...(interventions === undefined ? {} : { interventions: interventionsFrom(interventions, sizes) }),
  };
}

function checkRange(
  options: LiveOptions,
  name: 'members' | 'clients' | 'durationMs',
  low: number,
  high: number,
): void {
  const value = options[name];
  if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) return;
  throw new SpecError(`${name}: expected a whole number from ${low} to ${high}, got ${value}`);
}

function checkedLoad(load: NonNullable<LiveOptions['load']>): NonNullable<LiveOptions['load']> {
  const whole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  const fits = load.every(
    ({ client, operations }) =>
      whole(client) &&
      Array.isArray(operations) &&
      operations.every(({ first, last, atNs }) => whole(first) && whole(last) && whole(atNs)),
  );
  if (!fits) throw new SpecError('load: expected a list of { client, operations: [{ first, last, atNs }] }');
  return load;
}
