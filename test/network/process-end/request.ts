import { createHttp, type NetworkSettings } from '../../../src/network/client.ts';

/** What the test tells this program, as JSON on its command line. */
export interface Order {
  readonly url: string;
  readonly timeout: number;
  readonly httpsProxy: string | null;
  /** Milliseconds until an interrupt, or null. */
  readonly interruptAfter: number | null;
  readonly trust: NetworkSettings['trust'];
}

const order: Order = JSON.parse(process.argv[2] ?? '');
const interrupt = new AbortController();
if (order.interruptAfter !== null) {
  setTimeout(
    () => interrupt.abort(Object.assign(new Error(), { code: 'interrupted' })),
    order.interruptAfter,
  );
}
const http = createHttp({
  timeout: order.timeout,
  proxies: { https: order.httpsProxy, http: null, bypass: null },
  trust: order.trust,
  userAgent: 'mfa-cli/test',
  signal: interrupt.signal,
  trace: () => {},
  progress: () => ({ stop() {} }),
});
const end = await http.send({ method: 'GET', url: order.url, retry: true }).then(
  ({ status }) => String(status),
  ({ code }: { code: string }) => code,
);
process.stdout.write(end);
const left = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout|AddrInfo/.test(name));
// What is closed takes a moment to be gone, and longer on a busy machine.
for (let turn = 0; turn < 100 && left().length > 0; turn++)
  await new Promise((resolve) => setTimeout(resolve, 10));
process.stderr.write(left().join(' '));
