/** A fleet file of that many tenants, in block style; line 8 says what certificate the first one is to have. */
export function generatedFleet(tenants: number, certificate = 'certificate: app'): string {
  const head = [
    'version: 1',
    'certificates:',
    '  app: { p12: certs/app.p12, password: { env: APP_P12_PASSWORD } }',
    'defaults: { environment: production, warn-days: 45 }',
    'tenants:',
  ];
  const bodies = Array.from({ length: tenants }, (_, index) => [
    `  tenant-${index}:`,
    `    tenant: abc${index}.id.cyberark.cloud`,
    `    ${certificate}`,
    '    client-app-key: com.example.app',
    `    sign-in: { client-id: ci@t${index}, client-secret: { env: SECRET_${index} } }`,
    '    labels: { region: eu, ring: canary }',
  ]);
  return `${[...head, ...bodies.flat()].join('\n')}\n`;
}
