import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../core/node/config/config_error.ts';
import { flagSpecs, flagsOfEtcdOnly } from '../../core/node/config/flag_table.ts';
import { parseDuration, readFlags } from '../../core/node/config/read_flags.ts';
import { type ServeConfig, serveConfigOf } from '../../core/node/config/serve_config.ts';

function configOf(args: readonly string[], environment: Readonly<Record<string, string>> = {}): ServeConfig {
  return serveConfigOf(readFlags(args, environment).values);
}

function refusal(args: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
  try {
    configOf(args, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'taken';
}

const client = 'http://127.0.0.1:23790';
const both = [`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`];

describe('flags of serve', () => {
  it('have the standard values of etcd', () => {
    const config = configOf([]);
    expect(config).toMatchObject({
      name: 'default',
      dataDirectory: 'default.etcd',
      advertiseClientUrls: ['http://localhost:2379'],
      initialCluster: [{ name: 'default', peerUrls: ['http://localhost:2380'] }],
      clusterToken: 'etcd-cluster',
      snapshotCount: 100_000,
      heartbeatIntervalMs: 100,
      electionTicks: 10,
      quotaBytes: 2 * 1024 ** 3,
      autoCompaction: { mode: 'off' },
      authToken: { kind: 'simple' },
      enableV2: false,
    });
  });

  it('are read in all of Go’s forms, the later over the earlier', () => {
    const config = configOf(['-name', 'a', '--name=b', '--enable-v2', '--strict-reconfig-check=F', ...both]);
    expect(config).toMatchObject({ name: 'b', enableV2: true, strictReconfiguration: false });
    expect(config.listenClientUrls).toEqual([
      { text: client, isSecure: false, host: '127.0.0.1', port: 23790 },
    ]);
  });

  it('come from the environment, too', () => {
    const environment = { ETCD_NAME: 'e', ETCD_SNAPSHOT_COUNT: '7', ETCDCTL_API: '3', ETCD_DATA_DIR: '' };
    expect(configOf([], environment)).toMatchObject({ name: 'e', snapshotCount: 7, dataDirectory: 'e.etcd' });
    expect(readFlags([], { ETCD_NONSENSE: '1' }).warnings).toEqual([
      'unrecognized environment variable ETCD_NONSENSE',
    ]);
    expect(refusal(['--name=a'], { ETCD_NAME: 'b' })).toContain(
      'conflicting environment variable "ETCD_NAME" is shadowed by corresponding command-line flag',
    );
    expect(refusal([], { ETCD_SNAPSHOT_COUNT: 'x' })).toContain('"x" for ETCD_SNAPSHOT_COUNT');
  });

  it('take several addresses', () => {
    const two = 'http://127.0.0.1:1,https://[::1]:2';
    const config = configOf([`--listen-client-urls=${two}`, `--advertise-client-urls=${two}`, '--auto-tls']);
    expect(config.listenClientUrls.map(({ host, port, isSecure }) => [host, port, isSecure])).toEqual([
      ['127.0.0.1', 1, false],
      ['::1', 2, true],
    ]);
  });

  it('say what to keep when nobody compacts', () => {
    const modeOf = (...args: string[]): unknown => configOf(args).autoCompaction;
    expect(modeOf('--auto-compaction-retention=2')).toEqual({ mode: 'periodic', ms: 7_200_000 });
    expect(modeOf('--auto-compaction-retention=5m')).toEqual({ mode: 'periodic', ms: 300_000 });
    expect(modeOf('--auto-compaction-mode=revision', '--auto-compaction-retention=9')).toEqual({
      mode: 'revision',
      revisions: 9,
    });
  });

  it('name all members of a new cluster', () => {
    const cluster = 'a=http://h1:1,b=http://h2:2,a=http://h3:3';
    const config = configOf([
      '--name=a',
      `--initial-cluster=${cluster}`,
      '--initial-advertise-peer-urls=http://h3:3,http://h1:1',
    ]);
    expect(config.initialCluster).toEqual([
      { name: 'a', peerUrls: ['http://h1:1', 'http://h3:3'] },
      { name: 'b', peerUrls: ['http://h2:2'] },
    ]);
  });

  it.each([
    [['--nonsense'], 'flag provided but not defined: -nonsense'],
    [['--discovery=x'], '--discovery is a flag of etcd that detcd does not have'],
    [['extra'], "'extra' is not a valid flag"],
    [['--name'], 'flag needs an argument: -name'],
    [['--snapshot-count=many'], 'invalid value "many" for flag -snapshot-count: expected a whole number'],
    [['--snapshot-count=0'], '--snapshot-count: expected 1 or more, got 0'],
    [['--enable-v2=maybe'], 'invalid value "maybe" for flag -enable-v2: expected true or false'],
    [['--heartbeat-interval=0'], '--heartbeat-interval must be >0 (set to 0ms)'],
    [['--election-timeout=300'], '--election-timeout[300ms] should be at least as 5 times as --heartbeat'],
    [['--election-timeout=60000'], '--election-timeout[60000ms] is too long'],
    [['--listen-client-urls=foo'], 'URL scheme must be http, https, unix, or unixs: foo'],
    [['--listen-client-urls=http://127.0.0.1'], 'URL address does not have the form "host:port"'],
    [['--listen-client-urls=http://127.0.0.1:1/x'], 'URL must not contain a path'],
    [['--listen-client-urls=http://127.0.0.1:99999'], 'port 99999 is above 65535'],
    [['--listen-client-urls=unix://a:1'], 'unix sockets are not served'],
    [['--listen-client-urls=http://h:1'], 'expected IP in URL for binding (http://h:1)'],
    [[`--listen-client-urls=${client}`], '--advertise-client-urls is required when --listen-client-urls'],
    [['--initial-cluster-state=maybe'], 'expected new or existing'],
    [['--initial-cluster=a=http://h:1'], 'couldn\'t find local name "default" in the initial cluster'],
    [['--initial-cluster=default'], '--initial-cluster: expected NAME=URL,NAME=URL, got "default"'],
    [['--initial-cluster=default=http://h:1'], 'missing from --initial-advertise-peer-urls'],
    [['--auto-compaction-mode=x'], 'unknown auto-compaction-mode "x"'],
    [['--auto-compaction-retention=abc'], 'time: invalid duration "abc"'],
    [['--auth-token=bad'], 'unknown token type: bad'],
    [['--auth-token=jwt'], 'unknown signature method'],
    [['--auth-token=jwt,sign-method=RS256'], 'missing key data'],
    [['--auth-token=jwt,sign-method=RS256,color=red'], 'got "color=red"'],
    [['--auth-token=jwt,sign-method=HS256,priv-key=k,ttl=x'], 'expected ttl=TIME'],
    [['--bcrypt-cost=3'], '--bcrypt-cost: expected 4 to 31, got 3'],
    [['--log-level=loud'], 'invalid value "loud" for flag -log-level'],
    [['--cert-file=x'], '--cert-file and --key-file must be given together'],
    [['--client-cert-auth'], '--client-cert-auth needs --trusted-ca-file'],
    [
      ['--listen-client-urls=https://127.0.0.1:1', '--advertise-client-urls=https://127.0.0.1:1'],
      'TLS key/cert (--cert-file, --key-file) must be provided for client url https://127.0.0.1:1',
    ],
  ] as const)('refuses %j', (args, reason) => {
    expect(refusal(args)).toContain(reason);
  });

  it('are no flag of etcd alone at the same time', () => {
    expect(flagSpecs.filter(({ name }) => flagsOfEtcdOnly.has(name))).toEqual([]);
  });
});

describe('durations', () => {
  it.each([
    ['0', 0],
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['2us', 0.002],
    ['5', null],
    ['', null],
    ['-5s', null],
    ['5 s', null],
  ] as const)('%s is %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
