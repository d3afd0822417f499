import type { Target } from './target.ts';
import { apns, envelope, token } from './targets/answers.ts';
import { appTargets } from './targets/app.ts';
import { builtAppTargets } from './targets/built-app.ts';
import { fleet, profiles, text } from './targets/files.ts';
import { ledger, plan } from './targets/ledgers.ts';
import { certificate, key, p12, p12Mac } from './targets/pkcs12.ts';
import { ways } from './targets/ways.ts';
import { members, regularExpressions } from './targets/work.ts';

/** Everything from strangers that the program reads. A new reader gets a target in targets/ and a line here. */
export const targets: readonly Target[] = [
  p12,
  p12Mac,
  certificate,
  key,
  profiles,
  fleet,
  ledger,
  plan,
  envelope,
  members,
  token,
  apns,
  ...appTargets,
  ...builtAppTargets,
  text,
  ways,
  regularExpressions,
];
