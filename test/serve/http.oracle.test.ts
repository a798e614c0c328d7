import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EtcdProcess, hasEtcd } from '../etcd_process.ts';
import { DetcdHere } from './detcd_here.ts';
import { runEtcdctl } from './etcdctl.ts';
import { type V2Asked, gatewayRequests, v2Membership, v2Requests } from './v2_requests.ts';

const shownHeaders = ['content-type', 'x-etcd-index', 'allow', 'access-control-allow-origin'];

async function ask(url: string, { method, path, body }: V2Asked): Promise<string> {
  const type = body?.startsWith('{') === true ? 'application/json' : 'application/x-www-form-urlencoded';
  const response = await fetch(url + path, {
    method,
    signal: AbortSignal.timeout(10_000),
    ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
  });
  const headers = shownHeaders.map((name) => `${name}: ${response.headers.get(name)}`);
  const text = await response.text();
  return [response.status, ...headers, normalise(text.replaceAll(url, 'URL'))].join('\n');
}

/** Ids, times and sizes are each server's own. */
function normalise(text: string): string {
  return text
    .replace(/"(id|leader|startTime|uptime|expiration)":"[^"]*"/g, '"$1":"OWN"')
    .replace(
      /"(cluster_id|member_id|ID|leader|dbSize|dbSizeInUse|raftIndex|raftAppliedIndex)":"\d+"/g,
      '"$1":"N"',
    )
    .replace(/"hash":\d+/g, '"hash":N')
    .replace(/"peerURLs":\["http:\/\/127\.0\.0\.1:\d+"\]/g, '"peerURLs":["PEER"]');
}

describe.runIf(hasEtcd)('HTTP, as a real etcd answers it', () => {
  let etcd: EtcdProcess;
  let detcd: DetcdHere;

  beforeAll(async () => {
    etcd = await EtcdProcess.start({ args: ['--enable-v2'] });
    detcd = await DetcdHere.start({ args: ['--enable-v2'] });
  });

  afterAll(async () => {
    await detcd.end();
    await etcd.end();
  });

  for (const [name, list] of Object.entries({ v2Requests, v2Membership, gatewayRequests })) {
    it(name, async () => {
      for (const asked of list) {
        const line = JSON.stringify(asked);
        const [expected, found] = await Promise.all([ask(etcd.url, asked), ask(detcd.url, asked)]);
        expect(`${line}\n${found}`).toBe(`${line}\n${expected}`);
      }
    });
  }

  it('a v2 watch waits, and sees what comes; a key expires by itself', async () => {
    const told = await Promise.all(
      [etcd.url, detcd.url].map(async (url) => {
        const watching = ask(url, { method: 'GET', path: '/v2/keys/soon?wait=true' });
        await new Promise((resolve) => setTimeout(resolve, 200));
        await ask(url, { method: 'PUT', path: '/v2/keys/soon?ttl=1', body: 'value=x' });
        const seen = await watching;
        const gone = await ask(url, { method: 'GET', path: '/v2/keys/soon?wait=true' });
        return [seen, gone].map((text) => text.replace(/x-etcd-index: \d+/g, ''));
      }),
    );
    expect(told[1]).toEqual(told[0]);
    expect(told[1]?.[1]).toContain('"action":"expire"');
  });

  it('etcdctl of the v2 API', async () => {
    const commands = [
      'mk /x 1',
      'mk /x 2',
      'get /x',
      'set /x 3',
      'update /x 4',
      'update /none 4',
      'mkdir /dir',
      'setdir /dir2',
      'updatedir /dir --ttl 1000',
      'set /dir/a 5',
      'ls --recursive --sort /',
      'rm /x',
      'rm /x',
      'rmdir /dir',
      'rm --recursive /dir',
      'rmdir /dir2',
      'get -o extended /dir2/none',
      'set --swap-with-value no /y 1',
      'member list',
      'cluster-health',
      'watch --after-index 5 /x',
    ];
    for (const command of commands) {
      const [expected, found] = await Promise.all(
        [etcd.url, detcd.url].map(async (url) => {
          const { status, out, err } = await runEtcdctl([`--endpoints=${url}`, ...command.split(' ')], {
            api: '2',
          });
          const text = `${status}\n${out}\n${err}`.replaceAll(url, 'URL');
          return text.replace(/[0-9a-f]{15,16}/g, 'HEX').replace(/http:\/\/127\.0\.0\.1:\d+/g, 'PEER');
        }),
      );
      expect(`${command}\n${found}`).toBe(`${command}\n${expected}`);
    }
  });

  it('names its metrics as etcd does', async () => {
    const named = async (url: string): Promise<Map<string, string>> => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const lines = text.matchAll(/^# TYPE ((?:etcd|grpc|os)_\w+) (\w+)$/gm);
      return new Map([...lines].map(([, name = '', type = '']) => [name, type]));
    };
    const [theirs, ours] = [await named(etcd.url), await named(detcd.url)];
    const differing = [...ours].filter(([name, type]) => theirs.get(name) !== type);
    expect(differing).toEqual([]);
    expect(ours.size).toBeGreaterThan(40);
  });

  it('counts calls under the labels that etcd has for them', async () => {
    const lines = async (url: string): Promise<string[]> => {
      await runEtcdctl([`--endpoints=${url}`, 'put', 'counted', '1']);
      await runEtcdctl([`--endpoints=${url}`, 'lease', 'revoke', '123']);
      const text = await (await fetch(`${url}/metrics`)).text();
      return text.split('\n').filter((line) => /^grpc_server_.*etcdserverpb\.(KV|Lease|Watch)/.test(line));
    };
    const labels = (all: readonly string[]): string[] =>
      all
        .map((line) => line.replace(/ \d+$/, ''))
        .map((line) =>
          [...line.matchAll(/\w+(="[^"]*")?/g)]
            .map(([part]) => part)
            .toSorted()
            .join(' '),
        )
        .toSorted();
    const [theirs, ours] = [await lines(etcd.url), await lines(detcd.url)];
    expect(labels(ours)).toEqual(labels(theirs));
    const valueOf = (pattern: RegExp): number =>
      Number(ours.find((line) => pattern.test(line))?.split(' ')[1]);
    expect(valueOf(/handled.*grpc_code="OK".*grpc_method="Put"/)).toBeGreaterThan(0);
    expect(valueOf(/handled.*grpc_code="NotFound".*grpc_method="LeaseRevoke"/)).toBeGreaterThan(0);
    expect(valueOf(/started.*grpc_method="Put"/)).toBe(valueOf(/handled.*grpc_code="OK".*grpc_method="Put"/));
  });
});
