import { isLoopback } from '../network/proxy.ts';

/** The verdict on another host that a tenant names for the sign-in. */
export type OtherHost =
  /** `ask`: only if the person agrees. */
  { readonly kind: 'same' | 'ask'; readonly origin: string } | { readonly kind: 'refused' };

/**
 * Judges the host that a tenant names in its own place. It is reached over https, except
 * on this machine from a tenant on this machine. A host below the same parent domain is
 * the tenant's own (`abc1234.id.cyberark.cloud` and `pod7.id.cyberark.cloud`); for any
 * other, such as a company's domain, the person is asked.
 * @param tenant its origin
 * @param named host, perhaps with a port, as in `PodFqdn`
 */
export function judgeOtherHost(tenant: string, named: string): OtherHost {
  const own = new URL(tenant);
  const address = `${own.protocol}//${named}`;
  if (!/^[a-z0-9.-]+(:\d{1,5})?$/i.test(named) || !URL.canParse(address))
    return { kind: 'refused' };
  const { origin, hostname } = new URL(address);
  if (isLoopback(own.hostname) || isLoopback(hostname))
    return isLoopback(own.hostname) && isLoopback(hostname)
      ? { kind: 'same', origin }
      : { kind: 'refused' };
  // Over https the certificate proves the host; only loopback tenants use http.
  return { kind: sharesParent(own.hostname, hostname) ? 'same' : 'ask', origin };
}

/**
 * The host that a session names as its own and that is faster to ask than a platform's.
 * It counts only if it is the tenant's.
 * @param issuer an address, or null
 */
export function sessionHost(tenant: string, issuer: string | null): string {
  const judged = issuer === null ? null : judgeOtherHost(tenant, new URL(issuer).host);
  return judged?.kind === 'same' ? judged.origin : tenant;
}

/**
 * Whether both are below one registered domain, as far as that shows without a list of
 * them.
 */
function sharesParent(one: string, other: string): boolean {
  if (one === other) return true;
  const parent = parentOf(one);
  return parent !== null && parent === parentOf(other);
}

/**
 * The domain after the first label, unless it may be a public suffix (`co.uk`, `1.2.3`).
 */
function parentOf(host: string): string | null {
  const parent = host.replace(/\.$/, '').split('.').slice(1).join('.');
  const isOpen =
    !parent.includes('.') || /\.\d+$/.test(parent) || /^[^.]{0,3}\.[^.]{2}$/.test(parent);
  return isOpen ? null : parent;
}
