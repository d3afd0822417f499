import { Refusal } from '../envelope.ts';

/** What every failure to sign in is answered with, whatever it is, so that it tells nothing. */
export function authenticationFailed(): Refusal {
  return new Refusal(
    null,
    'Authentication (login or challenge) has failed. Please try again or contact your system administrator.',
    200,
    { result: { Summary: 'Failure' } },
  );
}
