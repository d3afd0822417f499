import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { StatusReport } from '../../src/commands/apns/status-report.ts';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import type { LatestKey } from '../../src/tenant/read-back.ts';
import { testNow } from '../support/context.ts';
import { callApi, serviceToken } from '../support/emulator.ts';
import { signIn, startTenant } from '../support/tenant.ts';

const apps = ['com.example.a', 'com.example.b'] as const;
const newest = 'Mobile.IosCustomApp.ClientAppKey';

/** An app is set or deleted from one of two machines. */
export interface Step {
  readonly machine: 0 | 1;
  readonly asked: 'set' | 'delete';
  readonly app: 0 | 1;
}

export const everyStep: readonly Step[] = ([0, 1] as const).flatMap((machine) =>
  (['set', 'delete'] as const).flatMap((asked) =>
    ([0, 1] as const).map((app): Step => ({ machine, asked, app })),
  ),
);

/** The tenant of the guide: it pushes with the key that was set last, and ignores the earlier ones. */
interface TenantModel {
  readonly held: Set<string>;
  pointer: string | null;
}

function done(
  tenant: TenantModel,
  { asked, key }: Done,
  deletesOld: Assumptions['delete-old-key'],
): void {
  if (asked === 'set') {
    tenant.held.add(key);
    tenant.pointer = key;
  } else {
    tenant.held.delete(key);
    if (tenant.pointer === key || deletesOld === 'pointer-cleared') tenant.pointer = null;
  }
}

interface Done {
  readonly asked: Step['asked'];
  readonly key: string;
}

/** Every key that a tenant may push with, as far as one machine knows; null among them: none. */
function worlds(own: readonly Done[]): ReadonlySet<string | null> {
  const held = new Set<string>();
  let possible = new Set<string | null>([null]);
  for (const { asked, key } of own) {
    if (asked === 'set') {
      held.add(key);
      possible = new Set([key]);
    } else {
      held.delete(key);
      possible = new Set([null, ...held]);
    }
  }
  return possible;
}

/** Whether the tenant told the latest key, or that it has none: what it says is so, and it always names one. */
function saysTruth(latest: LatestKey | undefined, pointer: string | null, at: string): boolean {
  if (latest === undefined) return false;
  if (pointer !== null) expect(latest, at).toMatchObject({ clientAppKey: pointer });
  else expect(latest.clientAppKey, at).toBeNull();
  return latest.outcome !== 'unknown';
}

/**
 * Takes the steps one after another, and after each asks both machines which key is in use: by their own records, and by the
 * tenant's word. Both are to agree with the model, and so is what a set says beforehand of the other app.
 */
export async function startTwoApps(deletesOld: Assumptions['delete-old-key']) {
  const { emulator } = await startTenant({ assumptions: { 'delete-old-key': deletesOld } });
  const machines = [await signIn(emulator), await signIn(emulator)] as const;
  const ledgers = machines.map(({ machine }) => join(machine.directory, 'ledger.jsonl'));
  const token = await serviceToken(emulator);
  /** What was looked at is not looked at again when it is the beginning of further steps. */
  const seen = new Set<string>();
  let minutes = 0;

  /** One token for all: a tenant keeps a thousand. */
  async function pointerOf(): Promise<unknown> {
    const path = `/Core/GetTenantConfig?${new URLSearchParams({ key: newest, dflt: 'none' })}`;
    const { body } = await callApi(emulator, path, token);
    return body.Result === 'none' ? null : body.Result;
  }

  async function run(number: 0 | 1, argv: readonly string[]) {
    const now = new Date(testNow.getTime() + 60_000 * ++minutes);
    const { set, machine } = machines[number];
    const options = { now };
    const result =
      argv[0] === 'set'
        ? await set(argv.slice(1), options)
        : await machine.run(['apns', ...argv], options);
    return { ...result, report: JSON.parse(result.stdout) };
  }

  async function look(
    number: 0 | 1,
    own: readonly Done[],
    pointer: string | null,
    at: string,
  ): Promise<void> {
    for (const refresh of [[], ['--refresh']]) {
      const { report } = await run(number, ['status', '--json', ...refresh]);
      const { certificates, latest } = report as StatusReport;
      const isTold = saysTruth(latest?.[0]?.latest, pointer, `${at}, machine ${number}`);
      const possible = isTold ? new Set([pointer]) : worlds(own);
      if (isTold && pointer !== null)
        expect(certificates.map(({ clientAppKey }) => clientAppKey)).toContain(pointer);
      const reported = certificates.map(({ clientAppKey, inUse, inUseFrom }) => ({
        clientAppKey,
        inUse,
        inUseFrom,
      }));
      const expected = certificates.map(({ clientAppKey }) => {
        const inUse = possible.has(clientAppKey) ? (possible.size === 1 ? true : null) : false;
        const from = isTold ? 'tenant' : 'record';
        return { clientAppKey, inUse, inUseFrom: inUse === null ? null : from };
      });
      expect(reported, `${at}, machine ${number}${refresh}`).toEqual(expected);
    }
  }

  return {
    async take(steps: readonly Step[]): Promise<void> {
      for (const key of apps)
        await callApi(emulator, '/Mobile/DeleteApnsCertForClientApp', token, { ClientAppKey: key });
      for (const path of ledgers) rmSync(path, { force: true });
      const tenant: TenantModel = { held: new Set(), pointer: null };
      const own: readonly [Done[], Done[]] = [[], []];
      for (const [index, { machine, asked, app }] of steps.entries()) {
        const key = apps[app];
        const at = `after ${steps.slice(0, index + 1).map((step) => `${step.asked} ${step.app} at ${step.machine}`)}`;
        if (asked === 'set') {
          const { report } = await run(machine, [
            'set',
            '--client-app-key',
            key,
            '--refresh',
            '--json',
          ]);
          const isTold = saysTruth(report.latest, tenant.pointer, at);
          const possible = isTold ? new Set([tenant.pointer]) : worlds(own[machine]);
          const others = [...possible].filter((other) => other !== null && other !== key);
          const codes = (report.findings as { code: string; message: string }[])
            .filter(({ code }) => code === 'silences-other-app')
            .map(({ message }) => message);
          expect(codes, at).toEqual(
            others.map(
              (other) =>
                `After this, sign-in pushes go only to the app of the client app key that is set, no longer to "${other}".`,
            ),
          );
          expect(report.sent, at).toBe(true);
        } else {
          const { report } = await run(machine, ['delete', key, '--yes', '--force', '--json']);
          expect(report.deleted, at).toBe(true);
        }
        own[machine].push({ asked, key });
        done(tenant, { asked, key }, deletesOld);
        expect(await pointerOf(), at).toBe(tenant.pointer);
        if (seen.has(at)) continue;
        seen.add(at);
        for (const number of [0, 1] as const) await look(number, own[number], tenant.pointer, at);
      }
    },
  };
}

/** Takes every order of the steps that are `isTaken`. */
export async function takeEveryOrder(
  deletesOld: Assumptions['delete-old-key'],
  isTaken: (step: Step) => boolean,
): Promise<void> {
  const { take } = await startTwoApps(deletesOld);
  const steps = everyStep.filter(isTaken);
  expect(steps).toHaveLength(4);
  // Which of the two apps comes first makes no difference.
  for (const order of ordersOf(steps)) if (order[0]?.app === 0) await take(order);
}

function ordersOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((first, index) =>
    ordersOf(items.toSpliced(index, 1)).map((others) => [first, ...others]),
  );
}
