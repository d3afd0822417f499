import type { Waiting } from '../files/read.ts';
import { readCaFile, readPemIfPresent } from './ca-files.ts';
import type { Store } from './store.ts';
import { builtInAuthorities, namedStores, systemBundle, systemStore } from './system-stores.ts';
import type { TrustSettings } from './trust-settings.ts';

/** Reads stores that are asked together. @throws {CliError} of the user's own: file-not-found, file-unreadable */
export type StoreGroup = () => Promise<readonly Store[]>;

/** The CAs of some groups, each read once. */
export interface Authorities {
  readonly groups: number;
  /** PEM of the groups up to that one; a group that has nothing new adds nothing. @throws {CliError} as StoreGroup */
  upTo(last: number): Promise<readonly string[]>;
}

/**
 * Everything that is trusted, the fastest first: what the user names, what the runtime has by itself, and the system's, as
 * the distribution bundles it and as the runtime reads it.
 */
export function storeGroups(settings: TrustSettings, waiting: Waiting): readonly StoreGroup[] {
  const { caFile, nodeExtraCaCerts } = settings;
  const extra: StoreGroup = async () =>
    nodeExtraCaCerts === null
      ? []
      : [
          {
            place: { path: nodeExtraCaCerts, variable: 'NODE_EXTRA_CA_CERTS' },
            pem: await readPemIfPresent(nodeExtraCaCerts, waiting),
          },
        ];
  const builtIn = (): Store => ({ place: 'built-in', pem: builtInAuthorities() });
  const own: readonly StoreGroup[] =
    caFile === null
      ? [async () => [builtIn(), ...(await extra())]]
      : [
          async () => [
            { place: { path: caFile }, pem: [await readCaFile(caFile, waiting)] },
            ...(await extra()),
          ],
          async () => [builtIn()],
        ];
  const named = settings.sslCertFile !== null || settings.sslCertDir !== null;
  const system = named
    ? [() => namedStores(settings, waiting)]
    : [() => systemBundle(waiting), async () => systemStore()];
  return [...own, ...system];
}

/** The CAs for `settings`, read when they are asked for. */
export function openStores(settings: TrustSettings, waiting: Waiting): Authorities {
  const groups = storeGroups(settings, waiting);
  const read: Promise<readonly string[]>[] = [];

  async function readUpTo(last: number): Promise<readonly string[]> {
    const before = last === 0 ? [] : await upTo(last - 1);
    const stores = (await groups[last]?.()) ?? [];
    const isNew = (pem: string): boolean => !before.some((known) => known.includes(pem.trim()));
    return [...before, ...stores.flatMap(({ pem }) => pem).filter(isNew)];
  }

  function upTo(last: number): Promise<readonly string[]> {
    read[last] ??= readUpTo(last);
    return read[last];
  }

  return { groups: groups.length, upTo };
}
