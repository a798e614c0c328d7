// Prints the digests of the corpus as JSON: three seeds of every scenario of the catalogue, small and short, from what was compiled. It uses
// no module of Node.js, so that any engine with its `process` can run it.
import { catalogue } from '../dist/scenarios/catalogue.js';
import { runScenario } from '../dist/sim/run.js';

const short = { members: 3, clients: 3, durationMs: 6000 };
const digests = {};
for (const scenario of catalogue) {
  digests[scenario.name] = ['1', '2', '3'].map(
    (seed) => runScenario({ scenario, seed, ...short }).info.digest,
  );
}
process.stdout.write(`${JSON.stringify(digests)}\n`);
