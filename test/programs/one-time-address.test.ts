import { expect, test } from 'vitest';
import { createOneTimeAddress, isTopLevelNavigation } from '../../src/programs/one-time-address.ts';
import type { AcceptedPeer } from '../../src/programs/owners.ts';
import { testCases } from '../support/cases.ts';

const target = 'https://a.test/authorize?state=s';

testCases('programs/one-time-address', {
  'what a one-time address leads to its target': (peers: readonly AcceptedPeer[]) => {
    const { path, visit } = createOneTimeAddress(target);
    expect(path).toMatch(/^\/[\w-]{43}$/);
    const headers = {
      location: target,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    };
    return peers.map((peer) => {
      const answer = visit(peer);
      expect([null, headers]).toContainEqual(answer);
      return answer !== null;
    });
  },
  'isTopLevelNavigation: a person sees it': isTopLevelNavigation,
});

test('no two one-time addresses are the same', () => {
  expect(createOneTimeAddress('x').path).not.toBe(createOneTimeAddress('x').path);
});
