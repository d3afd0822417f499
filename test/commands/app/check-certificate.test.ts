import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readApp } from '../../../src/commands/app/app.ts';
import { checkCertificate } from '../../../src/commands/app/check-capabilities.ts';
import { readProjectFile } from '../../../src/commands/app/plist.ts';
import { applicationTargets } from '../../../src/commands/app/target.ts';
import { projectPath } from './copied-project.ts';

test('a .p12 without a certificate is an error, where the bundle ID is set', () => {
  const project = readProjectFile(join(projectPath('classic'), 'Approver.xcodeproj'));
  const [target] = applicationTargets(project);
  if (target === undefined) throw new Error('no target');
  expect(checkCertificate(readApp(project, target, 'Release'), null)).toEqual([
    {
      code: 'certificate-missing',
      level: 'error',
      message: 'The .p12 file holds no certificate to compare the app with.',
      hint: 'Export the push certificate together with its key.',
      file: 'Config/Bundle.xcconfig',
      line: 2,
    },
  ]);
});
