import type { ByteString } from '../base/bytes.ts';
import { jsonObject } from './json_text.ts';

/** The counters by their names in JSON, in the order in which etcd prints them. */
export const statNames = [
  'getsSuccess',
  'getsFail',
  'setsSuccess',
  'setsFail',
  'deleteSuccess',
  'deleteFail',
  'updateSuccess',
  'updateFail',
  'createSuccess',
  'createFail',
  'compareAndSwapSuccess',
  'compareAndSwapFail',
  'compareAndDeleteSuccess',
  'compareAndDeleteFail',
  'expireCount',
] as const;
export type StatName = (typeof statNames)[number];

/** How many operations went well or were refused. Reads count, too, so members differ; nothing rests on them. */
export class V2Stats {
  private readonly counts = new Map<StatName, number>();

  get(name: StatName): number {
    return this.counts.get(name) ?? 0;
  }

  set(name: StatName, count: number): void {
    this.counts.set(name, count);
  }

  add(name: StatName): void {
    this.set(name, this.get(name) + 1);
  }

  clone(): V2Stats {
    const copy = new V2Stats();
    for (const name of statNames) copy.set(name, this.get(name));
    return copy;
  }

  /** `/v2/stats/store`; `watchers`: how many wait now (in a snapshot always 0). */
  json(watchers: number): ByteString {
    const fields = statNames.map((name) => [name, `${this.get(name)}`] as const);
    return jsonObject([...fields, ['watchers', `${watchers}`]]);
  }
}
