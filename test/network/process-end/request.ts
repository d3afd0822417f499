import { createHttp, type NetworkSettings } from '../../../src/network/client.ts';
import { strictRules } from '../../../src/programs/owners.ts';

/** One request of the program, and what surrounds it. */
export interface Order {
  readonly url: string;
  readonly timeout: number;
  readonly httpsProxy: string | null;
  /** Milliseconds until an interrupt, or null. */
  readonly interruptAfter: number | null;
  readonly trust: NetworkSettings['trust'];
}

/** What would keep the program alive. */
const left = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout|AddrInfo/.test(name));

async function carryOut({
  url,
  timeout,
  httpsProxy,
  interruptAfter,
  trust,
}: Order): Promise<string> {
  const interrupt = new AbortController();
  const reason = Object.assign(new Error(), { code: 'interrupted' });
  if (interruptAfter !== null) setTimeout(() => interrupt.abort(reason), interruptAfter);
  const http = createHttp({
    timeout,
    proxies: { https: httpsProxy, http: null, bypass: null },
    owners: strictRules,
    trust,
    userAgent: 'mfa-cli/test',
    signal: interrupt.signal,
    trace: () => {},
    progress: () => ({ stop() {} }),
  });
  const end = await http.send({ method: 'GET', url, retry: true }).then(
    ({ status }) => String(status),
    ({ code }: { code: string }) => code,
  );
  // What is closed takes a moment to be gone, and longer on a busy machine; a server would keep it for five seconds.
  for (let turn = 0; turn < 100 && left().length > 0; turn++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return [end, ...left()].join(' ');
}

// One after the other, as each sees what the ones before left.
for (const order of JSON.parse(process.argv[2] ?? '') as readonly Order[])
  process.stdout.write(`${await carryOut(order)}\n`);
