import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import type { Assumptions } from '../../../src/emulator/assumptions.ts';
import type { Emulator, EmulatorOptions } from '../../../src/emulator/tenants.ts';
import { createMachine, type RunResult } from '../context.ts';
import { openEmulator } from '../emulator.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

type Machine = ReturnType<typeof createMachine>;

/** What a program outside was asked, a line a request, in order. */
interface Listener {
  /** Words before its lines, to tell two apart: `tenant 2 `. */
  readonly name: string;
  requests(): readonly string[];
}

/** A tenant of a story: the emulator. */
export interface StoryTenant {
  readonly url: string;
  readonly emulator: Emulator;
  /** The loopback port that is registered for `login`. */
  readonly port: number;
  /** Whether anybody may see what it holds. */
  readonly isOpen: boolean;
}

/** What a command line ended with. */
export interface Ended extends RunResult {
  /** What was asked by it, over all listeners. */
  readonly requests: readonly string[];
}

/** All that a story has made so far. */
export interface World {
  /** The working directory. */
  readonly directory: string;
  readonly machines: Map<string, Machine>;
  machine: Machine;
  /** The variables of every command. */
  readonly variables: Map<string, string>;
  /** The clock of every command; null: the usual one. */
  now: Date | null;
  readonly tenants: StoryTenant[];
  readonly listeners: Listener[];
  /** What `$NAME` stands for in a line, and is shown for in what is seen. */
  readonly names: Map<string, string>;
  /** Further variables of a command line, by its words. */
  readonly variablesFor: ((words: readonly string[]) => Readonly<Record<string, string>>)[];
  /** Checked after each command. */
  readonly rules: (() => void)[];
  /** The digest of each file when the last command began. */
  before: ReadonlyMap<string, string>;
  ended: Ended | null;
}

export function createWorld(): World {
  const directory = join(realpathSync(temporaryDirectory()), 'work');
  mkdirSync(directory, { mode: 0o700 });
  const machine = createMachine();
  const world: World = {
    directory,
    machines: new Map([['A', machine]]),
    machine,
    variables: new Map(),
    now: null,
    tenants: [],
    listeners: [],
    names: new Map([
      ['DIR', directory],
      ['CONFIG', machine.directory],
    ]),
    variablesFor: [],
    rules: [],
    before: new Map(),
    ended: null,
  };
  return world;
}

/** Opens an emulator; the first is `$URL`, the second `$URL2`. */
export async function openTenant(
  world: World,
  assumptions: Partial<Assumptions>,
  more: Partial<EmulatorOptions> = {},
): Promise<StoryTenant> {
  const port = await freePort();
  const emulator = await openEmulator({
    accessTokenSeconds: 18_000,
    redirectUris: [`http://127.0.0.1:${port}/callback`],
    assumptions,
    ...more,
    ...(world.now === null ? {} : { now: () => world.now ?? new Date() }),
  });
  onTestFinished(() => emulator.close());
  const isOpen = (assumptions['advanced-config'] ?? 'open') === 'open';
  const tenant = { url: emulator.url, emulator, port, isOpen };
  world.tenants.push(tenant);
  const number = world.tenants.length;
  const suffix = number === 1 ? '' : String(number);
  world.names.set(`URL${suffix}`, emulator.url);
  world.names.set(`PORT${suffix}`, String(port));
  world.listeners.push({
    name: number === 1 ? '' : `tenant ${number} `,
    requests: () => emulator.requests.map(({ path }) => path),
  });
  return tenant;
}

/** The tenant of that number, else the last. @throws where no step has opened it */
export function tenantOf(world: World, number?: string): StoryTenant {
  const tenant = number === undefined ? world.tenants.at(-1) : world.tenants[Number(number) - 1];
  if (tenant === undefined) throw new Error('no step has opened this tenant: `tenant`');
  return tenant;
}
