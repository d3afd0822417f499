import type { Target } from './target.ts';
import { apns, envelope, token } from './targets/answers.ts';
import { appTargets } from './targets/app.ts';
import { certificate } from './targets/certificate.ts';
import { key } from './targets/key.ts';
import { p12, p12Mac } from './targets/p12.ts';
import { profiles } from './targets/profiles.ts';
import { text } from './targets/text.ts';

/** All that a stranger may give the program to read. What is read anew gets a file in targets/ and its place here. */
export const targets: readonly Target[] = [
  p12,
  p12Mac,
  certificate,
  key,
  profiles,
  envelope,
  token,
  apns,
  ...appTargets,
  text,
];
