import type { HttpResponse } from '../../../src/network/http.ts';
import {
  isPush,
  readFactorAnswer,
  readMechanism,
} from '../../../src/tenant/security/factor-answer.ts';
import { testCases } from '../../support/cases.ts';

testCases('tenant/factors', {
  'readFactorAnswer: by a result, and the cookies that come with it': (
    Result: unknown,
    cookies = '',
    success = true,
  ) => {
    const headers: HttpResponse['headers'] = cookies === '' ? {} : { 'set-cookie': cookies };
    const envelope = { success, Result, Message: 'No.', MessageID: null, ErrorID: null };
    const answer = readFactorAnswer(envelope, headers, []);
    if (answer.kind !== 'signed-in') return answer;
    const secrets = answer.secrets.map((secret) => secret.reveal());
    return { ...answer, token: answer.token.reveal(), secrets };
  },
  'readMechanism: of what differs from a security question': (other: unknown) => {
    const known = { MechanismId: 'm', Name: 'SQ', AnswerType: 'Text' };
    const isObject = typeof other === 'object' && other !== null && !Array.isArray(other);
    const mechanism = readMechanism(isObject ? { ...known, ...other } : other, []);
    return mechanism;
  },
  'isPush: by a name and a kind of answer': (Name: string, AnswerType: string) => {
    const mechanism = readMechanism({ MechanismId: 'm', Name, AnswerType }, []);
    return mechanism && isPush(mechanism);
  },
});
