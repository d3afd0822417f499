import type { ApnsEnvironment } from '../../pkcs12/model.ts';

export interface EmulatorCommandOptions {
  readonly port?: string;
  readonly state?: string;
  readonly autoApprove?: boolean;
  readonly open?: boolean;
  readonly bare?: boolean;
  readonly redirectUri?: readonly string[];
  readonly tokenLifetime?: string;
  readonly assume?: readonly string[];
  readonly fixedPasswords?: boolean;
  readonly tenants?: string;
  readonly fleetFile?: string;
  readonly apnsPort?: string;
  readonly apnsEnvironment?: ApnsEnvironment;
  readonly apnsCa?: string;
  readonly apnsClientCa?: string;
  readonly apnsCrl?: string;
}
