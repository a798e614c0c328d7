import type { Scenario } from '../../sim/scenario.ts';
import type { CatalogueEntry } from '../worker_protocol.ts';

/** What the page is told of a scenario. */
export function entryOf(scenario: Scenario): CatalogueEntry {
  const { name, sentence, members, clients, durationMs } = scenario;
  const { spares, sparesTakeOver, links, member, windDownMs } = scenario;
  const settings = { spares, sparesTakeOver, links, member, windDownMs };
  return {
    name,
    sentence,
    members,
    clients,
    durationMs,
    settings: Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
  };
}
