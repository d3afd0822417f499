import { X509Certificate } from 'node:crypto';
import type { Context } from '../../context.ts';
import type { Store } from '../../network/stores.ts';
import { variable } from '../../settings/variable.ts';
import { count } from '../../text/phrasing.ts';
import { runtimeName } from '../../text/version.ts';
import { type Check, ok, orFailure, warning } from './check.ts';
import { caHint } from './hints.ts';

/** Reads every store of CAs that TLS may ask, in that order, and tells how many are in it. */
export async function checkCa(caFile: string | null, { env, signal, patience }: Context): Promise<Check> {
  const { storeGroups } = await import('../../network/stores.ts');
  const settings = {
    caFile,
    nodeExtraCaCerts: variable(env, 'NODE_EXTRA_CA_CERTS') ?? null,
    sslCertFile: variable(env, 'SSL_CERT_FILE') ?? null,
    sslCertDir: variable(env, 'SSL_CERT_DIR') ?? null,
  };
  return orFailure('ca', caHint, async () => {
    const stores: Store[] = [];
    for (const group of storeGroups(settings, { signal, patience })) stores.push(...(await group()));
    const words: string[] = [];
    for (const { place, pem } of stores) {
      const authorities = await authoritiesIn(pem);
      if (authorities === 0 && typeof place === 'object' && place.variable !== undefined)
        return warning(
          'ca',
          `${place.variable} names ${place.path}, where no CA is.`,
          `Correct ${place.variable}, or unset it.`,
        );
      words.push(`${nameOf(place)} (${count(authorities, 'CA')})`);
    }
    return ok('ca', `TLS trusts ${words.join(', ')}${hasSystem(stores) ? '' : '; the system has no CAs'}.`);
  });
}

function nameOf(place: Store['place']): string {
  if (place === 'built-in') return `${runtimeName}'s own`;
  if (place === 'system') return `the system's store through ${runtimeName}`;
  return place.variable === undefined ? place.path : `${place.path} of ${place.variable}`;
}

/** A slim container has none; what the user names and what the runtime has come first. */
function hasSystem(stores: readonly Store[]): boolean {
  const last = stores.at(-1)?.place;
  return last === 'system' || (typeof last === 'object' && last.variable !== 'NODE_EXTRA_CA_CERTS');
}

/** How many different ones there are. */
async function authoritiesIn(pem: readonly string[]): Promise<number> {
  const { certificatesIn } = await import('../../network/stores.ts');
  return new Set(pem.flatMap(certificatesIn).map((each) => new X509Certificate(each).fingerprint256)).size;
}
