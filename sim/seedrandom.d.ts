// @types/seedrandom describes only the package's main entry; this is one of its generators.
declare module 'seedrandom/lib/tychei.js' {
  import type { seedrandom } from 'seedrandom';
  const tychei: (seed: string, options?: { state: boolean | object }) => seedrandom.PRNG;
  export default tychei;
}
