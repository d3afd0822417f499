import { type Api, requireText } from '../api.ts';
import type { Caller } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import { sameName } from '../same-name.ts';
import type { OutOfBand, OutOfBands } from './out-of-band.ts';

/** `/emulator`: the phones and mailboxes used to sign in, for that user and for whoever manages devices. */
export function factorApis(outOfBands: OutOfBands): readonly Api[] {
  const visible = ({ user, rights }: Caller): readonly OutOfBand[] =>
    outOfBands
      .waiting()
      .filter((waiting) => rights.includes('manage-apns-certificates') || waiting.user.user === user);
  /** That user's newest one, if the caller may see it. @throws {Refusal} */
  const requireWaiting = (caller: Caller, user: string): OutOfBand => {
    const found = visible(caller).findLast((waiting) => sameName(waiting.user.user, user));
    if (found === undefined)
      throw new Refusal('System.ArgumentException', 'Nothing is waiting for an answer from that user.');
    return found;
  };
  return [
    {
      path: '/emulator/factors',
      right: null,
      call: ({ caller }) =>
        visible(caller).map(({ user, mechanism, code, startedAt }) => ({
          User: user.user,
          Mechanism: mechanism,
          Code: code,
          StartedAt: startedAt.toISOString(),
        })),
    },
    {
      /** A yes on the phone, or a click on a link. If the phone shows numbers, a wrong one is a no. */
      path: '/emulator/approve',
      right: null,
      call({ parameters, caller }) {
        const { id, number, mechanism } = requireWaiting(caller, requireText(parameters, 'User'));
        if (mechanism === 'U2F')
          throw new Refusal(
            'System.ArgumentException',
            'Nobody can press the button of a security key here.',
          );
        const isRight = number === null || requireText(parameters, 'Number') === number;
        outOfBands.decide(id, isRight);
        return { Verdict: isRight ? 'Approved' : 'Denied' };
      },
    },
    {
      path: '/emulator/deny',
      right: null,
      call({ parameters, caller }) {
        outOfBands.decide(requireWaiting(caller, requireText(parameters, 'User')).id, false);
        return { Verdict: 'Denied' };
      },
    },
  ];
}
