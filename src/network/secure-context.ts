import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';

/** For CAs from wherever: what cannot be read among them is passed over, as Node.js does by itself and Bun does not. */
export async function trustingContext(
  ca: readonly string[],
  options: SecureContextOptions = {},
): Promise<SecureContext> {
  try {
    return createSecureContext({ ...options, ca: [...ca] });
  } catch {
    const { certificatesIn } = await import('./ca-files.ts');
    return createSecureContext({ ...options, ca: ca.flatMap(certificatesIn) });
  }
}
