import { Refusal } from '../envelope.ts';

/** The answer to every failed sign-in, always the same, so that it reveals nothing. */
export function authenticationFailed(): Refusal {
  return new Refusal(
    null,
    'Authentication (login or challenge) has failed. Please try again or contact your system administrator.',
    200,
    { result: { Summary: 'Failure' } },
  );
}
