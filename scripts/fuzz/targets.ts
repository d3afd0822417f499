import type { Target } from './target.ts';
import { apns, envelope, token } from './targets/answers.ts';
import { appTargets } from './targets/app.ts';
import { certificate } from './targets/certificate.ts';
import { fleet } from './targets/fleet.ts';
import { key } from './targets/key.ts';
import { p12, p12Mac } from './targets/p12.ts';
import { profiles } from './targets/profiles.ts';
import { text } from './targets/text.ts';

/** Everything from strangers that the program reads. A new reader gets a file in targets/ and a line here. */
export const targets: readonly Target[] = [
  p12,
  p12Mac,
  certificate,
  key,
  profiles,
  fleet,
  envelope,
  token,
  apns,
  ...appTargets,
  text,
];
