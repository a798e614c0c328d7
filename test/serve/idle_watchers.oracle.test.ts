import { Client, credentials } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { fromText } from '../../core/base/bytes.ts';
import { methodOf } from '../../core/node/grpc/method.ts';
import { type WatchRequest, type WatchResponse, rpcs, watchRpc } from '../../core/server/api/index.ts';
import { withDetcd } from './detcd_here.ts';

const streams = 100;
const watchersPerStream = 100;

describe('10,000 idle watchers', () => {
  it('cost no writes; each hears of its key, and of no other', async () => {
    await withDetcd({}, async (detcd) => {
      const client = new Client(detcd.url.replace('http://', ''), credentials.createInsecure());
      const watch = methodOf(watchRpc, 'bothStream');
      const put = methodOf(rpcs.put, 'unary');
      let created = 0;
      const events: string[] = [];
      const calls = Array.from({ length: streams }, (_, i) => {
        const call = client.makeBidiStreamRequest<WatchRequest, WatchResponse>(
          watch.path,
          watch.requestSerialize,
          watch.responseDeserialize,
        );
        call.on('error', () => undefined);
        call.on('data', (answer: WatchResponse) => {
          if (answer.created) created++;
          for (const { kv } of answer.events) events.push(kv.key);
        });
        for (let j = 0; j < watchersPerStream; j++) {
          call.write({ kind: 'create', create: { key: fromText(`${i}/${j}`) } });
        }
        return call;
      });
      const until = async (done: () => boolean): Promise<void> => {
        const deadline = Date.now() + 60_000;
        while (!done() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
      };
      await until(() => created === streams * watchersPerStream);
      expect(created).toBe(streams * watchersPerStream);
      const write = (key: string): Promise<unknown> =>
        new Promise((resolve, reject) => {
          const request = { key: fromText(key), value: fromText('x') };
          client.makeUnaryRequest(
            put.path,
            put.requestSerialize,
            put.responseDeserialize,
            request,
            (error, answer) => (error === null ? resolve(answer) : reject(error)),
          );
        });
      for (let i = 0; i < 200; i++) await write(`other${i}`);
      await write('7/7');
      await write('99/99');
      await until(() => events.length === 2);
      expect(events).toEqual(['7/7', '99/99']);
      for (const call of calls) call.cancel();
      await until(() => detcd.served.host.streamsOpen === 0);
      expect(detcd.served.host.streamsOpen).toBe(0);
      client.close();
    });
  });
});
