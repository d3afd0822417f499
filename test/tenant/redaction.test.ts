import { expect, test } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { redactAnswer } from '../../src/tenant/redaction.ts';

test('what is masked by its name is not masked again by its value', () => {
  const body = JSON.stringify({ APNSPass: 'secret', said: 'secret', token: 'hunter22' });
  const secrets = [new Secret('hunter22'), new Secret('secret')];
  const headers = { 'set-cookie': 'a=b', 'x-echo': 'p=secret' };
  expect(redactAnswer({ status: 200, headers, body }, secrets)).toEqual({
    status: 200,
    headers: { 'set-cookie': '[secret]', 'x-echo': 'p=[secret]' },
    body: '{"APNSPass":"[secret]","said":"[secret]","token":"[secret]"}',
  });
});

test('what a device is given is masked by its name', () => {
  const body = '{"SecretKey":"a","OTPKey":"b","UserCert":"c","Base32Secret":"d","SecretVersion":1}';
  expect(redactAnswer({ status: 200, headers: {}, body }, []).body).toBe(
    '{"SecretKey":"[secret]","OTPKey":"[secret]","UserCert":"[secret]","Base32Secret":"[secret]","SecretVersion":1}',
  );
});
