import { isLoopback } from '../network/proxy.ts';

/** Whether a sign-in may go on at another host that is named in a tenant's place. */
export type OtherHost =
  /** `ask`: only if the person says so. */
  { readonly kind: 'same' | 'ask'; readonly origin: string } | { readonly kind: 'refused' };

/**
 * Judges the host that a tenant names in its own place. It is always reached over https, except on this machine from a
 * tenant on this machine. A host below the same parent domain is the tenant's own (`abc1234.id.cyberark.cloud` and
 * `pod7.id.cyberark.cloud`); for any other, such as a company's own domain, a person is asked.
 * @param tenant its origin
 * @param named host, perhaps with a port, as in `PodFqdn`
 */
export function judgeOtherHost(tenant: string, named: string): OtherHost {
  const own = new URL(tenant);
  const address = `${own.protocol}//${named}`;
  if (!/^[a-z0-9.-]+(:\d{1,5})?$/i.test(named) || !URL.canParse(address)) return { kind: 'refused' };
  const { origin, hostname } = new URL(address);
  if (isLoopback(own.hostname) || isLoopback(hostname))
    return isLoopback(own.hostname) && isLoopback(hostname) ? { kind: 'same', origin } : { kind: 'refused' };
  // Over https it is the certificate that proves the host; the tenant's own may be plain only on loopback.
  return { kind: sharesParent(own.hostname, hostname) ? 'same' : 'ask', origin };
}

/**
 * The host that a session names as its own, which is the one to ask: a platform's may be slow. Only one of the tenant's counts.
 * @param issuer an address, or null
 */
export function sessionHost(tenant: string, issuer: string | null): string {
  const judged = issuer === null ? null : judgeOtherHost(tenant, new URL(issuer).host);
  return judged?.kind === 'same' ? judged.origin : tenant;
}

/** Whether both are below one domain that somebody registered, as far as that shows without a list of them all. */
function sharesParent(one: string, other: string): boolean {
  if (one === other) return true;
  const [parent, others] = [parentOf(one), parentOf(other)];
  return parent !== null && parent === others;
}

/** What is behind the first label, unless it may be a suffix that anybody can register below (`co.uk`, `1.2.3`). */
function parentOf(host: string): string | null {
  const parent = host.replace(/\.$/, '').split('.').slice(1).join('.');
  const isOpen = !parent.includes('.') || /\.\d+$/.test(parent) || /^[^.]{0,3}\.[^.]{2}$/.test(parent);
  return isOpen ? null : parent;
}
