import type { TenantState } from './tenant-state.ts';

/** The setting that names the certificate for pushes, which is the last one set. */
export const newestKey = 'Mobile.IosCustomApp.ClientAppKey';

/** The names of a certificate's settings. */
export interface CertificateSettings {
  readonly certificate: string;
  readonly password: string;
  readonly topic: string;
}

const certificateSuffix = '_APNSCert';

export function settingsFor(clientAppKey: string): CertificateSettings {
  return {
    certificate: `${clientAppKey}${certificateSuffix}`,
    password: `${clientAppKey}_APNSPass`,
    topic: `${clientAppKey}_APNSTopic`,
  };
}

/** A certificate as it was set. */
export interface StoredCertificate {
  readonly clientAppKey: string;
  readonly base64: string;
  readonly password: string;
  readonly topic: string;
  /** Whether pushes are sent with it. */
  readonly isUsed: boolean;
}

export function certificatesIn(state: TenantState): readonly StoredCertificate[] {
  const values = new Map(state.settings());
  return [...values].flatMap(([name, base64]) => {
    if (!name.endsWith(certificateSuffix)) return [];
    const clientAppKey = name.slice(0, -certificateSuffix.length);
    const names = settingsFor(clientAppKey);
    return [
      {
        clientAppKey,
        base64,
        password: values.get(names.password) ?? '',
        topic: values.get(names.topic) ?? '',
        isUsed: clientAppKey === values.get(newestKey),
      },
    ];
  });
}

/** The certificate for pushes; null: none is set. */
export function usedCertificate(state: TenantState): StoredCertificate | null {
  return certificatesIn(state).find(({ isUsed }) => isUsed) ?? null;
}
