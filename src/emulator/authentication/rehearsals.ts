import type { MechanismName } from './mechanisms.ts';

/** One mechanism of each challenge must be answered. */
export type Package = readonly (readonly MechanismName[])[];

/** How somebody signs in without an application. */
type SignInKind =
  /** Package after package: the tenant may ask for more after an answer. */
  | { readonly packages: readonly Package[] }
  /** With their company's identity provider, which may show a PIN to enter. */
  | { readonly identityProvider: 'plain' | 'pin' };

/** A user whose kind of sign-in is worth rehearsing. */
type Rehearsal = SignInKind & {
  readonly user: string;
  /** Whether the tenant sends them to another of its hosts. */
  readonly elsewhere?: true;
};

export const rehearsals: readonly Rehearsal[] = [
  { user: 'mfa@example.com', packages: [[['UP'], ['OTP', 'OATH', 'SMS', 'EMAIL', 'PF', 'U2F']]] },
  { user: 'push@example.com', packages: [[['UP'], ['OTP']]] },
  { user: 'oath@example.com', packages: [[['UP'], ['OATH']]] },
  { user: 'sms@example.com', packages: [[['UP'], ['SMS']]] },
  { user: 'email@example.com', packages: [[['UP'], ['EMAIL']]] },
  { user: 'phone@example.com', packages: [[['UP'], ['PF']]] },
  { user: 'key@example.com', packages: [[['UP'], ['U2F']]] },
  { user: 'codes@example.com', packages: [[['OATH'], ['SMS']]] },
  { user: 'again@example.com', packages: [[['UP']], [['OATH', 'EMAIL']]] },
  { user: 'federated@example.com', identityProvider: 'plain' },
  { user: 'pin@example.com', identityProvider: 'pin' },
  { user: 'elsewhere@example.com', packages: [[['UP']]], elsewhere: true },
];

/** What everybody else must provide, even names that do not exist, so that names cannot be guessed. */
export const passwordAlone: readonly Package[] = [[['UP']]];
