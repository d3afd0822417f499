import { describe, expect, test } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { deleteCertificate } from '../../src/tenant/certificates.ts';
import type { SentAs, TenantClient } from '../../src/tenant/client.ts';

const refused = (parameters?: 'missing' | 'unreadable', message = 'refused') =>
  new CliError('tenant-refused', message, { facts: { messageId: 'x', ...(parameters && { parameters }) } });

/** A tenant that answers each form in its way: null takes it. */
function tenantThat(answers: Partial<Record<SentAs, Error | null>>) {
  const tried: (SentAs | undefined)[] = [];
  const client: TenantClient = {
    tenant: 'https://a.test',
    send: () => expect.fail('another request'),
    async call(_path, _parameters, form = 'json') {
      tried.push(form);
      const answer = answers[form];
      if (answer) throw answer;
      return null;
    },
  };
  return { client, tried };
}

describe('the form of the parameters', () => {
  test.each<[string, Partial<Record<SentAs, Error | null>>, readonly SentAs[] | undefined, SentAs, SentAs[]]>(
    [
      ['JSON where it is taken', {}, undefined, 'json', ['json']],
      ['a form where JSON misses one', { json: refused('missing') }, undefined, 'form', ['json', 'form']],
      [
        'the next one where a form cannot be read',
        { form: refused('unreadable') },
        ['form', 'query'],
        'query',
        ['form', 'query'],
      ],
      [
        'the next one where JSON cannot be read after a form missed one',
        { form: refused('missing'), json: refused('unreadable') },
        ['form', 'json', 'query'],
        'query',
        ['form', 'json', 'query'],
      ],
    ],
  )('is %s', async (_, answers, forms, taken, tries) => {
    const { client, tried } = tenantThat(answers);
    expect([await deleteCertificate(client, 'key', forms), tried]).toEqual([taken, tries]);
  });

  test.each<[string, Error]>([
    ['a refusal of what was sent', refused()],
    ['JSON that cannot be read', refused('unreadable')],
    ['a failure that is none of ours', new Error('a bug')],
  ])('is not changed after %s', async (_, failure) => {
    const { client, tried } = tenantThat({ json: failure });
    await expect(deleteCertificate(client, 'key')).rejects.toBe(failure);
    expect(tried).toEqual(['json']);
  });

  test('that the tenant refuses for what is in it ends the turn with that refusal', async () => {
    const later = refused(undefined, 'No such key');
    const { client } = tenantThat({ json: refused('missing'), form: later });
    await expect(deleteCertificate(client, 'key')).rejects.toBe(later);
  });

  test('none of which the tenant takes ends with the first refusal, and names them', async () => {
    const { client } = tenantThat({ json: refused('missing', 'first'), form: refused('missing', 'second') });
    await expect(deleteCertificate(client, 'key')).rejects.toMatchObject({
      code: 'tenant-refused',
      message: 'first',
      facts: { messageId: 'x', parameters: 'missing', tried: 'json form' },
    });
  });

  test('must be one', async () => {
    await expect(deleteCertificate(tenantThat({}).client, 'key', [])).rejects.toThrow('no form to send');
  });
});
