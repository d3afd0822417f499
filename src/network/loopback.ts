/** Whether a URL's host name is this machine: `localhost`, 127.0.0.0/8 or `[::1]` (RFC 8252 §7.3). */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
