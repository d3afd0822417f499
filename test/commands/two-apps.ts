import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { StatusReport } from '../../src/commands/apns/status.ts';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
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

/**
 * Takes the steps one after another, and after each asks both machines which key is in use: by their own records, and by the
 * tenant's word. Both are to agree with the model, and so is what a set says beforehand of the other app.
 */
export async function startTwoApps(deletesOld: Assumptions['delete-old-key']) {
  const { emulator } = await startTenant({ assumptions: { 'delete-old-key': deletesOld } });
  const machines = [await signIn(emulator), await signIn(emulator)] as const;
  const configs = machines.map(({ machine }) => join(machine.directory, 'config.json'));
  const empty = configs.map((path) => readFileSync(path, 'utf8'));
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
      const told = refresh.length > 0 && report.certificates.length > 0 ? pointer : null;
      const possible = told === null ? worlds(own) : new Set([told]);
      const { certificates } = report as StatusReport;
      const reported = certificates.map(({ clientAppKey, inUse, inUseFrom }) => ({
        clientAppKey,
        inUse,
        inUseFrom,
      }));
      const expected = certificates.map(({ clientAppKey }) => {
        const inUse = possible.has(clientAppKey) ? (possible.size === 1 ? true : null) : false;
        const from = told === null ? 'record' : 'tenant';
        return { clientAppKey, inUse, inUseFrom: inUse === null ? null : from };
      });
      expect(reported, `${at}, machine ${number}${refresh}`).toEqual(expected);
    }
  }

  return {
    async take(steps: readonly Step[]): Promise<void> {
      for (const key of apps)
        await callApi(emulator, '/Mobile/DeleteApnsCertForClientApp', token, { ClientAppKey: key });
      for (const [index, path] of configs.entries()) writeFileSync(path, empty[index] ?? '');
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
          const possible =
            tenant.pointer === null ? worlds(own[machine]) : new Set([tenant.pointer]);
          const others = [...possible].filter((other) => other !== null && other !== key);
          const codes = (report.findings as { code: string; message: string }[])
            .filter(({ code }) => code === 'silences-other-app')
            .map(({ message }) => message);
          expect(codes, at).toEqual(
            others.map(
              (other) =>
                `Sign-in pushes go only to the app of the key set last, no longer to "${other}".`,
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
        // A machine that did nothing has nothing to tell.
        for (const number of [0, 1] as const)
          if (own[number].length > 0) await look(number, own[number], tenant.pointer, at);
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
