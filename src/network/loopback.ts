/**
 * Whether a URL's host name is this machine: `localhost` and what ends with it (RFC 6761 §6.3), 127.0.0.0/8 or `[::1]`
 * (RFC 8252 §7.3).
 */
export function isLoopback(hostname: string): boolean {
  return /(^|\.)localhost$/.test(hostname) || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
