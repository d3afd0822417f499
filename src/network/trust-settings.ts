/** Which CAs to trust besides those that come with Node.js. */
export interface TrustSettings {
  /** PEM bundle of the user's, or null. */
  readonly caFile: string | null;
  /** `NODE_EXTRA_CA_CERTS`: a context of our own does not use it by itself. */
  readonly nodeExtraCaCerts: string | null;
  /** `SSL_CERT_FILE` and `SSL_CERT_DIR`: where OpenSSL looks for the system's CAs. */
  readonly sslCertFile: string | null;
  readonly sslCertDir: string | null;
}
